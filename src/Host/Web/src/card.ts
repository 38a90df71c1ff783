// A figure with all that belongs to it: title, choice within its group, buttons, caption, numbers.
import { Chart } from "./chart";
import { download, textFile } from "./download";
import { button, choice, element } from "./element";
import type { Figure } from "./figure";
import { csvOf, tableOf } from "./table";

/** Figures of one group in one card, in the order of the first of each. */
export function grouped(figures: readonly Figure[]): Figure[][] {
  const groups = new Map<string, Figure[]>();
  for (const figure of figures) {
    const key = figure.group ?? figure.id;
    groups.set(key, [...(groups.get(key) ?? []), figure]);
  }

  return [...groups.values()];
}

export interface Card {
  readonly node: HTMLElement;
  /** Shows the same figures with other data: the chosen one stays chosen. */
  show(figures: readonly Figure[]): void;
}

export function card(given: readonly Figure[]): Card {
  let figures = given;
  let chosen = 0;
  let figure = figures[0];
  if (figure === undefined) {
    throw new Error("A card needs a figure.");
  }

  const title = element("h3", { id: `title-${figure.id}` }, figure.title);
  const host = element("div", { class: "chart", role: "img" });
  const caption = element("figcaption", {});
  const numbers = element("details", { class: "numbers" }, element("summary", {}, "Numbers"));
  let chart: Chart | null = null;

  const describe = (): void => {
    if (figure === undefined) return;
    title.textContent = figure.title;
    caption.textContent = figure.caption;
    host.setAttribute("aria-label", `${figure.title}. ${figure.caption}`);
    numbers.replaceChildren(numbers.firstElementChild ?? "");
    if (numbers.open) fill();
  };
  const fill = (): void => {
    if (numbers.childElementCount === 1 && figure !== undefined) numbers.append(tableOf(figure));
  };
  numbers.addEventListener("toggle", () => {
    if (numbers.open) fill();
  });

  const now = figure;
  const zooms = now.x.categories !== null ? [] : [
    button("+", `Zoom in: ${now.title}`, () => chart?.zoom(true)),
    button("−", `Zoom out: ${now.title}`, () => chart?.zoom(false)),
    button("All", `Show all: ${now.title}`, () => chart?.reset()),
  ];
  const tools = element(
    "div",
    { class: "tools", role: "group", "aria-label": `Tools of the figure ${now.title}` },
    ...(figures.length > 1 ? [choice("Show", figures.map((one) => one.choice ?? one.title), (index) => {
      chosen = index;
      figure = figures[index] ?? figure;
      describe();
      if (figure !== undefined) chart?.show(figure);
    })] : []),
    ...zooms,
    button("SVG", `Save as SVG: ${now.title}`, () => chart && download(`${figure?.id}.svg`, textFile(chart.svg(), "image/svg+xml"))),
    button("PNG", `Save as PNG: ${now.title}`, () => void chart?.png().then((image) => download(`${figure?.id}.png`, image))),
    button("CSV", `Save the numbers as CSV: ${now.title}`, () => figure && download(`${figure.id}.csv`, textFile(csvOf(figure), "text/csv"))),
  );
  describe();

  const node = element("figure", { class: "card", "aria-labelledby": title.id }, element("div", { class: "head" }, title, tools), host, caption, numbers);
  whenNear(node, () => {
    if (figure !== undefined) chart = new Chart(host, figure);
  });
  return {
    node,
    show: (next) => {
      const before = figure;
      figures = next;
      figure = figures[chosen] ?? figure;
      if (figure === undefined || figure === before) return;
      chart?.show(figure);
      if (caption.textContent !== figure.caption) describe();
      if (numbers.open) {
        numbers.replaceChildren(numbers.firstElementChild ?? "");
        fill();
      }
    },
  };
}

/** Charts are drawn when the reader comes near: a long report opens at once. */
function whenNear(node: HTMLElement, act: () => void): void {
  const watcher = new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        watcher.disconnect();
        act();
      }
    },
    { rootMargin: "800px" },
  );
  watcher.observe(node);
}
