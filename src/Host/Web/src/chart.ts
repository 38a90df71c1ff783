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

  /** Shows other data in the same place. */
  show(figure: Figure): void {
    this.figure = figure;
    this.draw();
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
