// The numbers of a figure: as a table for readers and as CSV for programs, in the columns that figures/*.csv have too.
import type { Table } from "./document";
import { element } from "./element";
import { withUnit, type Figure, type Numbers, type Series } from "./figure";

const most = 500;
const long = 24;

const cell = (value: string): string => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
const at = (values: Numbers | null, i: number): string => (values?.[i] ?? "").toString();

function row(figure: Figure, series: Series, i: number): string[] {
  const x = series.x[i];
  const place = figure.x.categories === null || x === null || x === undefined ? at(series.x, i) : (figure.x.categories[x] ?? "");
  return [
    series.name,
    ...(hasLabels(figure) ? [series.labels?.[i] ?? ""] : []),
    place,
    at(series.y, i),
    ...(hasErrors(figure) ? [at(series.errors, i)] : []),
    ...(figure.colors === null ? [] : [at(series.values, i)]),
  ];
}

const hasLabels = (figure: Figure): boolean => figure.series.some((series) => series.labels !== null);
const hasErrors = (figure: Figure): boolean => figure.series.some((series) => series.errors !== null);

function header(figure: Figure): string[] {
  return [
    "series",
    ...(hasLabels(figure) ? ["label"] : []),
    withUnit(figure.x),
    withUnit(figure.y),
    ...(hasErrors(figure) ? ["error"] : []),
    ...(figure.colors === null ? [] : [withUnit(figure.colors)]),
  ];
}

function* rows(figure: Figure): Generator<string[]> {
  for (const series of figure.series) {
    for (let i = 0; i < series.x.length; i++) {
      yield row(figure, series, i);
    }
  }
}

export function csvOf(figure: Figure): string {
  return [header(figure), ...rows(figure)].map((values) => values.map(cell).join(",")).join("\n") + "\n";
}

export function tableOf(figure: Figure): HTMLElement {
  const shown: string[][] = [];
  let count = 0;
  for (const values of rows(figure)) {
    if (count++ < most) {
      shown.push(values);
    }
  }

  const note = count > most ? element("p", { class: "note" }, `The first ${most} of ${count} rows; the CSV file holds all.`) : null;
  return element("div", {}, table({ caption: figure.title, header: header(figure), rows: shown }), note);
}

export function table(content: Table): HTMLElement {
  return element(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": content.caption },
    element(
      "table",
      {},
      element("caption", {}, content.caption),
      element("thead", {}, element("tr", {}, ...content.header.map((name) => element("th", { scope: "col" }, name)))),
      element("tbody", {}, ...content.rows.map((values) => element("tr", {}, ...values.map((value) => element("td", value.length > long ? { class: "long" } : {}, value))))),
    ),
  );
}
