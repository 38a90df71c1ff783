// The structure before and after, side by side: turned together, colored by the property, any atom to be picked.
import * as $3Dmol from "3dmol/build/3Dmol.es6-min.js";
import type { Atoms, Scene } from "./document";
import { button, choice, element } from "./element";
import { shown } from "./option";
import { diverging, gradient, mapped, viridis } from "./palette";
import { onThemeChange, palette } from "./theme";

type Viewer = $3Dmol.GLViewer;
type Tint = (index: number) => string;

interface Coloring {
  readonly name: string;
  readonly before: Tint;
  readonly after: Tint;
  /** Atoms that are drawn small, so that the others are seen; none where it is left out. */
  readonly faint?: (index: number) => boolean;
  /** Null where the colors are of kinds, not of numbers. */
  readonly scale: { readonly map: readonly string[]; readonly least: number; readonly most: number } | null;
}

const radius = 1.05;
const faintRadius = 0.25;
const turn = 10;
const fill = 1.3;
const trimmed = 0.02;

const finite = (values: readonly (number | null)[]): number[] => values.filter((value): value is number => value !== null);

/** The range without its outermost hundredths, so that a few atoms do not take the colors of all others. */
function range(values: readonly number[]): [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const cut = Math.floor(sorted.length * trimmed);
  return [sorted[cut] ?? 0, sorted[sorted.length - 1 - cut] ?? 1];
}

function byNumber(name: string, before: readonly (number | null)[], after: readonly (number | null)[]): Coloring {
  const [least, most] = range(finite([...before, ...after]));
  const tint = (values: readonly (number | null)[]): Tint => (i) => mapped(viridis, ((values[i] ?? least) - least) / (most - least || 1));
  return { name, before: tint(before), after: tint(after), scale: { map: viridis, least, most } };
}

function change(scene: Scene, before: readonly (number | null)[], after: readonly (number | null)[]): Coloring {
  const difference = after.map((value, i) => (value ?? 0) - (before[i] ?? 0));
  const [least, most] = range(difference);
  const reach = Math.max(Math.abs(least), Math.abs(most)) || 1;
  const tint: Tint = (i) => mapped(diverging, (difference[i] ?? 0) / (2 * reach) + 0.5);
  return { name: `change of ${scene.property}`, before: tint, after: tint, scale: { map: diverging, least: -reach, most: reach } };
}

function colorings(scene: Scene): Coloring[] {
  const { before, after } = scene;
  const paint = (index: number): string => ["#c2703d", "#7f9db9", "#6aa84f", "#b07aa1", "#d9b44a"][index % 5] ?? "#888888";
  const bySpecies = (atoms: Atoms): Tint => (i) => paint(atoms.species[i] ?? 0);
  const isSame = (i: number): boolean => before.species[i] === after.species[i];
  return [
    ...(before.value !== null && after.value !== null ? [byNumber(scene.property, before.value, after.value), change(scene, before.value, after.value)] : []),
    ...(before.energy !== null && after.energy !== null ? [byNumber("energy of an atom (eV)", before.energy, after.energy)] : []),
    { name: "species", before: bySpecies(before), after: bySpecies(after), scale: null },
    ...(before.species.some((_, i) => !isSame(i)) ? [{ name: "exchanged atoms, by species", before: bySpecies(before), after: bySpecies(after), faint: isSame, scale: null }] : []),
  ];
}

class Side {
  readonly viewer: Viewer;
  private readonly model: $3Dmol.GLModel;

  constructor(
    readonly host: HTMLElement,
    scene: Scene,
    private readonly atoms: Atoms,
    pick: (index: number) => void,
  ) {
    this.viewer = $3Dmol.createViewer(host, { backgroundColor: palette().background, antialias: true, disableFog: false }) as Viewer;
    this.model = this.viewer.addModel();
    this.model.addAtoms(atoms.id.map((id, i) => ({
      elem: scene.names[atoms.species[i] ?? 0] ?? "X", serial: id, index: i, x: atoms.x[i] ?? 0, y: atoms.y[i] ?? 0, z: atoms.z[i] ?? 0, bonds: [], bondOrder: [],
    })));
    this.viewer.setClickable({}, true, (atom: { index?: number }) => pick(atom.index ?? 0));
    this.addCell(scene);
    this.viewer.zoomTo();
    this.viewer.zoom(fill);
  }

  paint(tint: Tint, hidden: (index: number) => boolean, faint: (index: number) => boolean): void {
    this.viewer.setStyle({}, { sphere: { radius, colorfunc: (atom: { index?: number }) => tint(atom.index ?? 0) } });
    this.viewer.setStyle({ predicate: (atom: { index?: number }) => faint(atom.index ?? 0) }, { sphere: { radius: faintRadius, colorfunc: (atom: { index?: number }) => tint(atom.index ?? 0) } });
    this.viewer.setStyle({ predicate: (atom: { index?: number }) => hidden(atom.index ?? 0) }, {});
    this.viewer.render();
  }

  mark(index: number): void {
    this.viewer.removeAllLabels();
    this.viewer.addLabel(String(this.atoms.id[index]), {
      position: { x: this.atoms.x[index] ?? 0, y: this.atoms.y[index] ?? 0, z: this.atoms.z[index] ?? 0 }, backgroundColor: "#000000", fontColor: "#ffffff", fontSize: 13, inFront: true,
    });
    this.viewer.render();
  }

  private addCell(scene: Scene): void {
    const [a = [], b = [], c = []] = scene.cell;
    const corner = (i: number, j: number, k: number): { x: number; y: number; z: number } => {
      const [x = 0, y = 0, z = 0] = [0, 1, 2].map((axis) => (scene.origin[axis] ?? 0) + i * (a[axis] ?? 0) + j * (b[axis] ?? 0) + k * (c[axis] ?? 0));
      return { x, y, z };
    };
    for (const [u, v] of [[0, 0], [0, 1], [1, 0], [1, 1]] as const) {
      for (const [start, end] of [[corner(0, u, v), corner(1, u, v)], [corner(u, 0, v), corner(u, 1, v)], [corner(u, v, 0), corner(u, v, 1)]] as const) {
        this.viewer.addLine({ start, end, color: "#7d8790", linewidth: 1 });
      }
    }
  }
}

/** The part of the page, or a sentence where the browser draws nothing in three dimensions. */
export function structure(scene: Scene): HTMLElement {
  const all = colorings(scene);
  let coloring = all[0];
  let share = 100;
  let sides: [Side, Side] | null = null;

  const info = element("p", { class: "picked", role: "status", "aria-live": "polite" }, "Click an atom, or type its id, to read its numbers in both structures.");
  const scale = element("div", { class: "colorbar" });
  const hosts = [scene.before, scene.after].map((_, side) => element("div", {
    class: "viewer", tabindex: "0", role: "img",
    "aria-label": `Structure ${side === 0 ? "before" : scene.afterName}, ${scene.before.id.length} atoms as spheres. Arrow keys turn it, plus and minus zoom.`,
  })) as [HTMLDivElement, HTMLDivElement];

  const order = (values: readonly (number | null)[] | null): number[] | null => {
    if (values === null) return null;
    const sorted = values.map((value, i) => [value ?? 0, i] as const).sort((x, y) => y[0] - x[0]);
    const rank = new Array<number>(values.length).fill(0);
    sorted.forEach(([, i], position) => (rank[i] = position));
    return rank;
  };
  const ranks = [order(scene.before.value), order(scene.after.value)] as const;
  const paint = (): void => {
    if (coloring === undefined) return;
    const count = scene.before.id.length * (share / 100);
    const faint = coloring.faint ?? (() => false);
    sides?.[0].paint(coloring.before, (i) => (ranks[0]?.[i] ?? -1) >= count, faint);
    sides?.[1].paint(coloring.after, (i) => (ranks[1]?.[i] ?? -1) >= count, faint);
    const bar = coloring.scale;
    scale.replaceChildren(...(bar === null
      ? scene.names.map((name, i) => element("span", { class: "key" }, element("span", { class: "swatch", style: `background:${["#c2703d", "#7f9db9", "#6aa84f", "#b07aa1", "#d9b44a"][i % 5]}` }), name))
      : [element("span", {}, shown(Number(bar.least.toPrecision(3)))), element("span", { class: "bar-of-colors", style: `background:${gradient(bar.map)}` }), element("span", {}, shown(Number(bar.most.toPrecision(3)))), element("span", {}, coloring.name)]));
  };

  const pick = (index: number): void => {
    const { before, after } = scene;
    const numbers = (atoms: Atoms): string => `${scene.names[atoms.species[index] ?? 0]} at ${[atoms.x, atoms.y, atoms.z].map((axis) => shown(axis[index])).join(", ")} Å`
      + (atoms.value === null ? "" : `, ${scene.property} ${shown(atoms.value[index])}`) + (atoms.energy === null ? "" : `, energy ${shown(atoms.energy[index])} eV`);
    info.textContent = `Atom ${before.id[index]}. Before: ${numbers(before)}. ${scene.afterName === "best" ? "Best" : "Now"}: ${numbers(after)}.`;
    sides?.forEach((side) => side.mark(index));
  };

  // The viewers are linked: what turns one turns the other, and to turn both would turn each twice.
  const both = (act: (viewer: Viewer) => void): void => {
    if (sides === null) return;
    act(sides[0].viewer);
    sides[0].viewer.render();
  };
  const keys: Record<string, () => void> = {
    ArrowLeft: () => both((viewer) => viewer.rotate(-turn, "y")),
    ArrowRight: () => both((viewer) => viewer.rotate(turn, "y")),
    ArrowUp: () => both((viewer) => viewer.rotate(-turn, "x")),
    ArrowDown: () => both((viewer) => viewer.rotate(turn, "x")),
    "+": () => both((viewer) => viewer.zoom(1.15)),
    "-": () => both((viewer) => viewer.zoom(1 / 1.15)),
  };
  for (const host of hosts) {
    host.addEventListener("keydown", (event) => {
      const act = keys[event.key];
      if (act !== undefined) {
        event.preventDefault();
        act();
      }
    });
  }

  const id = element("input", { type: "number", min: "1", "aria-label": "Id of an atom", style: "width:6rem" });
  id.addEventListener("change", () => {
    const index = scene.before.id.indexOf(Number(id.value));
    if (index >= 0) pick(index);
    else info.textContent = `There is no atom with the id ${id.value}.`;
  });
  const softest = element("input", { type: "range", min: "1", max: "100", value: "100" });
  const softestText = element("output", {}, "all atoms");
  softest.addEventListener("input", () => {
    share = Number(softest.value);
    softestText.textContent = share === 100 ? "all atoms" : `${share} %`;
    paint();
  });

  const tools = element(
    "div",
    { class: "tools", role: "group", "aria-label": "Tools of the structure" },
    choice("Color by", all.map((one) => one.name), (index) => {
      coloring = all[index] ?? coloring;
      paint();
    }),
    ...(scene.before.value === null ? [] : [element("label", {}, "Largest values only ", softest), softestText]),
    element("label", {}, "Atom ", id),
    button("Front", "Show the structure from the front", () => both((viewer) => {
      viewer.setView([0, 0, 0, 0, 0, 0, 0, 1]);
      viewer.zoomTo();
      viewer.zoom(fill);
    })),
  );

  const name = (side: number): string => (side === 0 ? "Before" : scene.afterName === "best" ? "After: the best structure" : "Now");
  const views = element("div", { class: "views" }, ...hosts.map((host, side) => element("div", {}, element("h3", {}, name(side)), host)));
  const node = element(
    "figure", { class: "card" }, tools, views, scale, info,
    element("figcaption", {}, `All atoms as spheres in the periodic cell (lines), before and after, on one scale of colors without its outermost ${2 * 100 * trimmed} %. Where the exchanged atoms are shown, all others are drawn small. Dragging turns both, the wheel zooms both, arrow keys, + and − do the same.`),
  );
  new IntersectionObserver((entries, watcher) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watcher.disconnect();
    try {
      sides = [new Side(hosts[0], scene, scene.before, pick), new Side(hosts[1], scene, scene.after, pick)];
    } catch (failure) {
      views.replaceChildren(element("p", { class: "missing" }, `This browser does not draw in three dimensions (WebGL: ${failure instanceof Error ? failure.message : String(failure)}). The slices below show the same values.`));
      return;
    }

    const [first, second] = sides;
    first.viewer.linkViewer(second.viewer);
    second.viewer.linkViewer(first.viewer);
    onThemeChange(() => sides?.forEach((side) => side.viewer.setBackgroundColor(palette().background, 1)));
    paint();
  }, { rootMargin: "400px" }).observe(node);
  return node;
}
