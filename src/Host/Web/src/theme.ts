// Light or dark: as the system says until the reader says otherwise.
import { button } from "./element";
import { dark, light, type Palette } from "./palette";

const key = "glasswright-theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners: (() => void)[] = [];

// A page opened from a file may be refused its storage; the choice then lasts as long as the page.
function kept(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Nothing hangs on it.
  }
}

let chosen = kept();

export const isDark = (): boolean => (chosen === null ? system.matches : chosen === "dark");

export const palette = (): Palette => (isDark() ? dark : light);

export function onThemeChange(act: () => void): void {
  listeners.push(act);
}

function apply(): void {
  document.documentElement.dataset["theme"] = isDark() ? "dark" : "light";
  for (const act of listeners) {
    act();
  }
}

export function themeButton(): HTMLButtonElement {
  const node = button("", "", () => {
    chosen = isDark() ? "light" : "dark";
    keep(chosen);
    apply();
  });
  const name = (): void => {
    const text = isDark() ? "Light colors" : "Dark colors";
    node.textContent = text;
    node.title = text;
    node.setAttribute("aria-label", text);
  };
  onThemeChange(name);
  name();
  return node;
}

system.addEventListener("change", apply);
apply();
