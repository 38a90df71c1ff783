// The page of one run: its story, its figures, where it came from.
import "./style.css";
import { card, grouped } from "./card";
import { readDocument, type ReportDocument, type Section } from "./document";
import { download, textFile } from "./download";
import { button, element, prose } from "./element";
import { structure } from "./structure";
import { table } from "./table";
import { themeButton } from "./theme";

function head(report: ReportDocument): HTMLElement {
  return element(
    "header",
    {},
    element("div", { class: "bar" }, element("p", { class: "brand" }, "Glasswright report"), themeButton()),
    element("h1", {}, report.title),
    ...report.story.map((sentence) => element("p", { class: "lead" }, ...prose(sentence))),
    element(
      "dl",
      { class: "facts" },
      ...report.facts.map((fact) => element(
        "div", {}, element("dt", {}, fact.label), element("dd", {}, fact.value), fact.note === null ? null : element("dd", { class: "note" }, fact.note))),
    ),
  );
}

function contents(entries: readonly { id: string; title: string }[]): HTMLElement {
  return element("nav", { "aria-label": "Contents" }, element("ul", {}, ...entries.map((entry) => element("li", {}, element("a", { href: `#${entry.id}` }, entry.title)))));
}

function section(id: string, title: string, ...content: readonly (Node | null)[]): HTMLElement {
  return element("section", { id, "aria-labelledby": `${id}-title` }, element("h2", { id: `${id}-title` }, title), ...content);
}

const missing = (texts: readonly string[]): HTMLElement | null =>
  texts.length === 0 ? null : element("ul", { class: "missing", "aria-label": "Not in this report" }, ...texts.map((text) => element("li", {}, ...prose(text))));

function figures(part: Section): HTMLElement {
  return section(
    part.id,
    part.title,
    part.text === "" ? null : element("p", {}, ...prose(part.text)),
    element("div", { class: "cards" }, ...grouped(part.figures).map((group) => card(group).node)),
    missing(part.missing),
  );
}

function atoms(report: ReportDocument): HTMLElement {
  return section("atoms", "The structure", report.scene === null ? missing([report.sceneMissing ?? ""]) : structure(report.scene));
}

function methods(report: ReportDocument): HTMLElement {
  const text = report.methods;
  return section(
    "methods",
    "Methods and references",
    ...(text === null
      ? [missing([report.methodsMissing ?? ""])]
      : [
          element("p", {}, text.text),
          element("ul", { class: "references" }, ...text.references.map((line) => element("li", {}, line))),
          element("details", {}, element("summary", {}, "BibTeX"), element("pre", { tabindex: "0" }, text.bibtex)),
          button("Save BibTeX", "Save BibTeX of the references", () => download("references.bib", textFile(text.bibtex, "application/x-bibtex"))),
        ]),
  );
}

function provenance(report: ReportDocument): HTMLElement {
  const notices = document.getElementById("notices")?.textContent ?? "";
  return section(
    "provenance",
    "Provenance",
    ...report.provenance.map(table),
    ...[...report.folds, { title: "Notices of the software inside this page", text: notices }].map((fold) =>
      element("details", {}, element("summary", {}, fold.title), element("pre", { tabindex: "0" }, fold.text))),
    element("p", { class: "note" }, report.made),
  );
}

function show(report: ReportDocument): void {
  document.title = report.title;
  const parts = [
    ...(report.targets === null ? [] : [section("targets", "Targets, start and end", table(report.targets))]),
    ...report.sections.flatMap((part) => (part.id === "property" ? [atoms(report), figures(part)] : [figures(part)])),
    methods(report),
    provenance(report),
  ];
  const entries = parts.map((part) => ({ id: part.id, title: part.querySelector("h2")?.textContent ?? part.id }));
  document.getElementById("content")?.replaceChildren(head(report), contents(entries), ...parts);
}

show(readDocument());
