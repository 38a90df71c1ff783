// A figure as an option of ECharts.
import type { EChartsCoreOption } from "echarts/core";
import { withUnit, type Axis, type Figure, type Series } from "./figure";
import { viridis, type Palette } from "./palette";

const symbols = ["circle", "rect", "triangle", "diamond"];
const dashes: (string | number[])[] = ["solid", [7, 4], [2, 3], [10, 3, 2, 3]];
const many = 600, few = 40;

/** Numbers as people read them: four digits, a true minus sign. */
export function shown(value: unknown): string {
  if (typeof value !== "number") {
    return String(value);
  }

  const text = Number.isInteger(value) && Math.abs(value) < 1e7 ? String(value) : String(Number(value.toPrecision(4)));
  return text.replace("-", "−");
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const color = (palette: Palette, index: number): string => palette.series[index % palette.series.length] ?? palette.text;

/** Whether these are counts, which have no ticks between them. */
const whole = (figure: Figure, values: (series: Series) => Series["x"]): boolean => figure.series.every((series) => values(series).every((value) => value === null || Number.isInteger(value)));

/** From the outer edge of the first tile to that of the last, along an axis; nothing without tiles. */
function reach(figure: Figure, axis: 0 | 1): { min: number; max: number } | null {
  const edges = figure.series.filter((series) => series.mark === "tiles").flatMap((series) => {
    const half = (series.tile?.[axis] ?? 0) / 2;
    return (axis === 0 ? series.x : series.y).flatMap((value) => (value === null ? [] : [value - half, value + half]));
  });
  return edges.length === 0 ? null : { min: edges.reduce((a, b) => Math.min(a, b)), max: edges.reduce((a, b) => Math.max(a, b)) };
}

/**
 * @param grounded Whether zero is to be seen: what is filled from it would be cut off.
 * @param map Where the tiles of a map begin and end; it fills its axes, whose ends are no round numbers.
 */
function axisOption(
  axis: Axis, palette: Palette, vertical: boolean, grounded: boolean, counts: boolean, lengths: boolean, map: { min: number; max: number } | null,
): Record<string, unknown> {
  const categories = axis.categories;
  // A cell that is hardly tilted does not begin a whole mark before zero.
  const least = (data: { min: number; max: number }): number | null => (data.min < 0 && -data.min < 0.005 * (data.max - data.min) ? 0 : null);
  return {
    type: categories === null ? "value" : "category",
    ...(categories === null ? { scale: !grounded, minInterval: counts ? 1 : 0, ...(map ?? (lengths ? { min: least } : {})) } : { data: categories }),
    name: withUnit(axis),
    nameLocation: "middle",
    nameGap: vertical ? 52 : 32,
    nameTextStyle: { color: palette.text, fontSize: 13 },
    axisLabel: { color: palette.text, fontSize: 12, hideOverlap: true, ...(map === null ? {} : { showMinLabel: false, showMaxLabel: false }), ...(categories === null ? { formatter: shown } : { interval: 0, rotate: categories.length > 6 ? 30 : 0 }) },
    axisLine: { show: true, onZero: false, lineStyle: { color: palette.faint } },
    axisTick: { show: categories === null, lineStyle: { color: palette.faint } },
    splitLine: { show: vertical, lineStyle: { color: palette.grid } },
  };
}

function whiskers(series: Series, palette: Palette): Record<string, unknown> {
  return {
    type: "custom",
    name: series.name,
    silent: true,
    tooltip: { show: false },
    z: 3,
    itemStyle: { color: color(palette, series.color) },
    data: series.x.map((x, i) => [x, (series.y[i] ?? Number.NaN) - (series.errors?.[i] ?? Number.NaN), (series.y[i] ?? Number.NaN) + (series.errors?.[i] ?? Number.NaN)]),
    renderItem: (_: unknown, api: { value(i: number): number; coord(p: number[]): number[] }) => {
      const [x = 0, low = 0] = api.coord([api.value(0), api.value(1)]);
      const [, high = 0] = api.coord([api.value(0), api.value(2)]);
      const line = (x1: number, y1: number, x2: number, y2: number): unknown => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: color(palette, series.color), lineWidth: 1.2 } });
      return Number.isFinite(low) && Number.isFinite(high)
        ? { type: "group", children: [line(x, low, x, high), line(x - 4, low, x + 4, low), line(x - 4, high, x + 4, high)] }
        : null;
    },
  };
}

/** A map: a rectangle around each point, colored by its value. */
function tiles(series: Series): Record<string, unknown> {
  const [width = 0, height = 0] = series.tile ?? [];
  return {
    type: "custom",
    name: series.name,
    animation: false,
    silent: true,
    clip: true,
    z: 1,
    data: series.x.map((x, i) => [x, series.y[i] ?? null, series.values?.[i] ?? null]),
    renderItem: (_: unknown, api: { value(i: number): number; coord(p: number[]): number[]; visual(key: string): string }) => {
      const x = api.value(0), y = api.value(1);
      const [left = 0, top = 0] = api.coord([x - width / 2, y + height / 2]), [right = 0, bottom = 0] = api.coord([x + width / 2, y - height / 2]);
      return { type: "rect", shape: { x: left, y: top, width: right - left + 0.5, height: bottom - top + 0.5 }, style: { fill: api.visual("color") } };
    },
  };
}

function seriesOption(series: Series, index: number, figure: Figure, palette: Palette): Record<string, unknown> {
  const paint = color(palette, series.color);
  const common = { name: series.name, itemStyle: { color: paint }, animation: false, emphasis: { disabled: series.x.length > many } };
  switch (series.mark) {
    case "bars":
      return { ...common, type: "bar", barMaxWidth: 42, data: series.x.map((x, i) => [x, series.y[i] ?? null]) };
    case "tiles":
      return tiles(series);
    case "points":
      return {
        ...common,
        type: "scatter",
        symbol: figure.colors === null ? symbols[index % symbols.length] : "circle",
        // Over a map they are small enough that it is seen.
        symbolSize: figure.colors === null ? (series.x.length > many ? 4 : 8) : figure.series.some((other) => other.mark === "tiles") ? 9 : 13,
        itemStyle: figure.colors === null ? { color: paint, opacity: series.x.length > many ? 0.65 : 0.9 } : { opacity: 1, borderColor: palette.faint, borderWidth: 0.6 },
        data: series.x.map((x, i) => ({ name: series.labels?.[i] ?? "", value: [x, series.y[i] ?? null, series.values?.[i] ?? null] })),
      };
    default:
      return {
        ...common,
        type: "line",
        symbol: series.mark === "line" && series.x.length <= few ? symbols[index % symbols.length] : "none",
        symbolSize: 7,
        lineStyle: { color: paint, width: 2, type: series.dashed ? dashes[1] : dashes[0] },
        ...(series.filled ? { areaStyle: { color: paint, opacity: 0.22 } } : {}),
        // y_i holds from x_i to x_{i+1}.
        step: series.mark === "steps" ? "end" : false,
        data: series.x.map((x, i) => [x, series.y[i] ?? null]),
      };
  }
}

interface Hovered {
  readonly seriesName: string;
  readonly name: string;
  readonly marker: string;
  readonly value: readonly (number | null)[];
}

function tooltip(figure: Figure, palette: Palette): Record<string, unknown> {
  const points = figure.series.every((series) => series.mark === "points" || series.mark === "tiles");
  return {
    trigger: points ? "item" : "axis",
    axisPointer: { type: figure.x.categories === null ? "line" : "shadow" },
    backgroundColor: palette.background,
    borderColor: palette.faint,
    textStyle: { color: palette.text, fontSize: 13 },
    confine: true,
    formatter: (hovered: Hovered | readonly Hovered[]) => {
      const all = Array.isArray(hovered) ? (hovered as readonly Hovered[]) : [hovered as Hovered];
      const x = all[0]?.value[0];
      const place = figure.x.categories === null ? `${figure.x.label} ${shown(x)}` : (figure.x.categories[x ?? 0] ?? "");
      const seen = new Set<string>();
      const lines = all.filter((point) => !seen.has(point.seriesName) && seen.add(point.seriesName)).map((point) => {
        const value = point.value[2] === null || point.value[2] === undefined || figure.colors === null ? "" : `; ${figure.colors.label} ${shown(point.value[2])}`;
        return `${point.marker}${escaped(point.name === "" ? point.seriesName : `${point.seriesName}, ${point.name}`)}: ${shown(point.value[1])}${escaped(value)}`;
      });
      return `${escaped(place)}${figure.x.unit === null ? "" : ` ${escaped(figure.x.unit)}`}<br>${lines.join("<br>")}`;
    },
  };
}

export function optionOf(figure: Figure, palette: Palette, zoom: boolean): EChartsCoreOption {
  const scale = figure.colors;
  const numeric = figure.x.categories === null;
  return {
    animation: false,
    backgroundColor: palette.background,
    textStyle: { fontFamily: "system-ui, sans-serif", color: palette.text },
    aria: { enabled: true, label: { description: `${figure.title}. ${figure.caption}` } },
    legend: { show: figure.series.length > 1, top: 0, type: "scroll", textStyle: { color: palette.text, fontSize: 12 }, inactiveColor: palette.grid, pageTextStyle: { color: palette.text }, data: figure.series.map((series) => series.name) },
    grid: { left: 72, right: scale === null ? 22 : 92, top: figure.series.length > 1 || scale !== null ? 36 : 16, bottom: (figure.x.categories?.length ?? 0) > 6 ? 92 : 52, containLabel: false },
    tooltip: tooltip(figure, palette),
    xAxis: axisOption(figure.x, palette, false, false, whole(figure, (series) => series.x), figure.equal, reach(figure, 0)),
    yAxis: axisOption(figure.y, palette, true, figure.series.some((series) => series.mark === "bars" || series.filled), whole(figure, (series) => series.y), figure.equal, reach(figure, 1)),
    ...(scale === null ? {} : {
      visualMap: {
        type: "continuous", min: scale.least, max: scale.most, dimension: 2, calculable: true, right: 4, top: "middle", itemHeight: 180, precision: 2,
        textStyle: { color: palette.text }, inRange: { color: [...viridis] },
      },
      title: { text: withUnit(scale), right: 4, top: 2, textStyle: { color: palette.text, fontSize: 12, fontWeight: "normal" } },
    }),
    ...(zoom && numeric ? {
      dataZoom: [
        { type: "inside", xAxisIndex: 0, zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false, filterMode: "none" },
        { type: "inside", yAxisIndex: 0, zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false, filterMode: "none" },
      ],
    } : {}),
    series: [
      ...figure.series.map((series, index) => seriesOption(series, index, figure, palette)),
      ...figure.series.filter((series) => series.errors !== null).map((series) => whiskers(series, palette)),
    ],
  };
}
