// Colors that people with any color vision tell apart, each with at least 3:1 to its background; texts have 4.5:1 and more.

export interface Palette {
  readonly background: string;
  readonly text: string;
  readonly faint: string;
  readonly grid: string;
  readonly series: readonly string[];
}

export const light: Palette = {
  background: "#ffffff",
  text: "#1c2126",
  faint: "#565e66",
  grid: "#e3e6e9",
  series: ["#0072b2", "#c2500b", "#00805d", "#a3548a", "#8a6a00", "#4f5358", "#1b8fb8", "#7a4fb5"],
};

export const dark: Palette = {
  background: "#171b20",
  text: "#e8eaed",
  faint: "#a9b1ba",
  grid: "#323941",
  series: ["#5cb8f0", "#ff9350", "#3ecf9f", "#e39bc6", "#e8be3a", "#c3c8ce", "#8fdcff", "#bfa2f2"],
};

/** Viridis: perceptually even, the same order of lightness for every color vision. */
export const viridis: readonly string[] = [
  "#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26", "#fde725",
];

/** Blue, pale, red-brown: for changes, the middle being no change. */
export const diverging: readonly string[] = ["#2166ac", "#4393c3", "#92c5de", "#d1e5f0", "#f7f7f7", "#fddbc7", "#f4a582", "#d6604d", "#b2182b"];

const part = (color: string, at: number): number => Number.parseInt(color.slice(at, at + 2), 16);

/** The color at t = 0 … 1 of a map. */
export function mapped(map: readonly string[], t: number): string {
  const position = Math.min(Math.max(t, 0), 1) * (map.length - 1);
  const below = Math.min(Math.floor(position), map.length - 2);
  const a = map[below] ?? "#000000", b = map[below + 1] ?? a, share = position - below;
  const mixed = [1, 3, 5].map((at) => Math.round(part(a, at) + (part(b, at) - part(a, at)) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

export const gradient = (map: readonly string[]): string => `linear-gradient(to right, ${map.join(", ")})`;
