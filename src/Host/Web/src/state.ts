// What the server tells of a run: first all of it, then what has changed (src/Host/Dashboard/LiveState.cs).
import type { Fact, Table } from "./document";
import type { Figure, Numbers } from "./figure";

interface SeriesChange {
  /** How many of the first points stay. */
  readonly keep: number;
  readonly x: Numbers;
  readonly y: Numbers;
}

interface FigureChange {
  readonly id: string;
  readonly whole: Figure | null;
  readonly series: readonly SeriesChange[] | null;
}

export interface LiveState {
  readonly revision: number;
  readonly title: string;
  readonly state: string;
  readonly note: string | null;
  readonly done: number;
  readonly facts: readonly Fact[];
  readonly figures: readonly Figure[];
  readonly tables: readonly Table[];
  readonly log: string | null;
  readonly actions: readonly string[];
}

type Change = Omit<LiveState, "figures"> & { readonly changes: readonly FigureChange[] };

function changed(figure: Figure, change: FigureChange | undefined): Figure {
  if (change === undefined) return figure;
  if (change.whole !== null) return change.whole;
  return {
    ...figure,
    series: figure.series.map((series, index) => {
      const points = change.series?.[index];
      return points === undefined ? series : { ...series, x: [...series.x.slice(0, points.keep), ...points.x], y: [...series.y.slice(0, points.keep), ...points.y] };
    }),
  };
}

/** The state after an event. Figures that have not changed stay the same objects. */
export function after(known: LiveState | null, event: LiveState | Change): LiveState {
  if ("figures" in event || known === null) return event as LiveState;
  const { changes, ...rest } = event;
  const byId = new Map(changes.map((change) => [change.id, change]));
  return { ...rest, figures: known.figures.map((figure) => changed(figure, byId.get(figure.id))) };
}
