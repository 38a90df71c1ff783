// A figure as the program describes it. C# makes the same description into SVG and CSV (src/Host/Reports/Figure.cs).

export type Numbers = readonly (number | null)[];

/** How the points of a series are drawn. */
export type Mark = "line" | "steps" | "points" | "bars" | "tiles";

export interface Axis {
  readonly label: string;
  readonly unit: string | null;
  /** Names in place of numbers: positions 0, 1, 2, … */
  readonly categories: readonly string[] | null;
}

export interface Series {
  readonly name: string;
  readonly mark: Mark;
  readonly x: Numbers;
  readonly y: Numbers;
  /** Half the length of the whiskers on y. */
  readonly errors: Numbers | null;
  /** What colors each point by the figure's color scale. */
  readonly values: Numbers | null;
  /** What a point is called, such as an atom's id. */
  readonly labels: readonly string[] | null;
  /** Width and height of a tile, in the units of the axes. */
  readonly tile: readonly number[] | null;
  /** Number in the palette. */
  readonly color: number;
  readonly dashed: boolean;
  readonly filled: boolean;
}

export interface ColorScale {
  readonly label: string;
  readonly unit: string | null;
  readonly least: number;
  readonly most: number;
}

export interface Figure {
  readonly id: string;
  readonly title: string;
  /** Figures of one group share a card and are chosen by name. */
  readonly group: string | null;
  readonly choice: string | null;
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly colors: ColorScale | null;
  /** Whether one unit is equally long on both axes. */
  readonly equal: boolean;
}

export const withUnit = (axis: { label: string; unit: string | null }): string =>
  axis.unit === null || axis.unit === "" ? axis.label : `${axis.label} (${axis.unit})`;
