// Elements of the page: `element("p", { class: "note" }, "text", child)`.

type Content = Node | string | null;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...content: readonly Content[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, value);
  }

  node.append(...content.filter((part): part is Node | string => part !== null));
  return node;
}

/** A text in which what stands between backticks is code. */
export const prose = (text: string): Content[] => text.split("`").map((part, at) => (at % 2 === 1 ? element("code", {}, part) : part));

export function button(text: string, label: string, act: () => void): HTMLButtonElement {
  const node = element("button", { type: "button", "aria-label": label, title: label }, text);
  node.addEventListener("click", act);
  return node;
}

/** A choice by name; `act` gets the number of the chosen one. */
export function choice(label: string, names: readonly string[], act: (index: number) => void): HTMLLabelElement {
  const select = element("select", {}, ...names.map((name, index) => element("option", { value: String(index) }, name)));
  select.addEventListener("change", () => act(select.selectedIndex));
  return element("label", {}, `${label} `, select);
}
