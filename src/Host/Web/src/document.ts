// What the program has put into the page: all that it shows.
import type { Figure } from "./figure";

export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly note: string | null;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly figures: readonly Figure[];
  /** What is not there, and how to get it. */
  readonly missing: readonly string[];
}

export interface Atoms {
  readonly id: readonly number[];
  readonly species: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly z: readonly number[];
  readonly value: readonly (number | null)[] | null;
  readonly energy: readonly (number | null)[] | null;
}

/** The structure before and after; atoms in the same order in both. `afterName` is what the second is called. */
export interface Scene {
  readonly names: readonly string[];
  readonly property: string;
  readonly before: Atoms;
  readonly after: Atoms;
  readonly cell: readonly (readonly number[])[];
  readonly origin: readonly number[];
  readonly afterName: string;
}

export interface Table {
  readonly caption: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Fold {
  readonly title: string;
  readonly text: string;
}

export interface ReportDocument {
  readonly title: string;
  readonly story: readonly string[];
  readonly facts: readonly Fact[];
  readonly targets: Table | null;
  readonly sections: readonly Section[];
  readonly scene: Scene | null;
  readonly sceneMissing: string | null;
  readonly methods: { readonly text: string; readonly references: readonly string[]; readonly bibtex: string } | null;
  readonly methodsMissing: string | null;
  readonly provenance: readonly Table[];
  readonly folds: readonly Fold[];
  readonly made: string;
}

export function readDocument(): ReportDocument {
  const text = document.getElementById("document")?.textContent ?? "";
  return JSON.parse(text) as ReportDocument;
}
