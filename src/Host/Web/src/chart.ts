// A figure drawn by Apache ECharts in an element of the page. The report shows it once; a live page gives it new data.
import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, DataZoomInsideComponent, GridComponent, LegendScrollComponent, TitleComponent, TooltipComponent, VisualMapContinuousComponent } from "echarts/components";
import { init, use, type ECharts } from "echarts/core";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";
import { element } from "./element";
import type { Figure } from "./figure";
import { optionOf } from "./option";
import { light } from "./palette";
import { onThemeChange, palette } from "./theme";

use([
  BarChart, CustomChart, LineChart, ScatterChart, AriaComponent, DataZoomInsideComponent, GridComponent, LegendScrollComponent,
  TitleComponent, TooltipComponent, VisualMapContinuousComponent, CanvasRenderer, SVGRenderer,
]);

const exported = { width: 720, height: 440 };
const exportedSquare = { width: 640, height: 560 };
const step = 0.25;

export class Chart {
  private readonly chart: ECharts;

  constructor(
    private readonly host: HTMLElement,
    private figure: Figure,
  ) {
    this.chart = init(host, null, { renderer: "canvas" });
    this.draw();
    onThemeChange(() => this.draw());
    new ResizeObserver(() => this.chart.resize()).observe(host);
  }

  /** Shows other data in the same place. Of the same figure grown on, the reader keeps the part that was looked at, and the series that were switched off. */
  show(figure: Figure): void {
    const grown = figure.id === this.figure.id;
    const before = this.chart.getOption() as { dataZoom?: { start: number; end: number; startValue: number; endValue: number }[]; legend?: { selected?: Record<string, boolean> }[] };
    this.figure = figure;
    this.draw();
    if (!grown) return;
    before.dataZoom?.forEach((zoom, index) => {
      if (zoom.start > 0 || zoom.end < 100) this.chart.dispatchAction({ type: "dataZoom", dataZoomIndex: index, startValue: zoom.startValue, endValue: zoom.endValue });
    });
    for (const [name, on] of Object.entries(before.legend?.[0]?.selected ?? {})) {
      if (!on) this.chart.dispatchAction({ type: "legendUnSelect", name });
    }
  }

  /** Zooms about the middle of what is seen: a positive share inward, a negative one outward. */
  zoom(inward: boolean): void {
    const present = (this.chart.getOption()["dataZoom"] ?? []) as { start: number; end: number }[];
    present.forEach((zoom, index) => {
      const middle = (zoom.start + zoom.end) / 2;
      const half = Math.min(((zoom.end - zoom.start) / 2) * (inward ? 1 - step : 1 / (1 - step)), 50);
      this.chart.dispatchAction({ type: "dataZoom", dataZoomIndex: index, start: Math.max(middle - half, 0), end: Math.min(middle + half, 100) });
    });
  }

  reset(): void {
    this.draw();
  }

  /** For papers: black on white, whatever the page looks like. */
  svg(): string {
    const chart = init(null, null, { renderer: "svg", ssr: true, ...this.exportSize() });
    chart.setOption(optionOf(this.figure, light, false));
    const text = chart.renderToSVGString();
    chart.dispose();
    return text;
  }

  async png(): Promise<Blob> {
    const size = this.exportSize();
    const canvas = element("div", { style: `width:${size.width}px;height:${size.height}px` });
    const chart = init(canvas, null, { renderer: "canvas", ...size });
    chart.setOption(optionOf(this.figure, light, false));
    const address = chart.getDataURL({ type: "png", pixelRatio: 3, backgroundColor: "#ffffff" });
    chart.dispose();
    const bytes = Uint8Array.from(atob(address.slice(address.indexOf(",") + 1)), (character) => character.charCodeAt(0));
    return new Blob([bytes], { type: "image/png" });
  }

  private exportSize(): { width: number; height: number } {
    return this.figure.equal ? exportedSquare : exported;
  }

  private draw(): void {
    this.host.classList.toggle("square", this.figure.equal);
    this.chart.setOption(optionOf(this.figure, palette(), true), { notMerge: true });
  }
}
