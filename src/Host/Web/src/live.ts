// The page of a run that goes on: the server tells what is new, the charts follow; whoever has the token may act.
import "./style.css";
import { card, grouped, type Card } from "./card";
import { button, element } from "./element";
import { after, type LiveState } from "./state";
import { table } from "./table";
import { themeButton } from "./theme";

const silence = 30_000;
const labels: Record<string, { text: string; label: string; question?: string }> = {
  pause: { text: "Pause", label: "Pause: let the samplers finish what they have in hand and wait" },
  resume: { text: "Resume", label: "Resume: let the samplers go on" },
  stop: { text: "Stop", label: "Stop after a checkpoint", question: "Stop the search after a checkpoint? `search --resume` goes on with it." },
  cancel: { text: "Cancel the run", label: "Cancel the run on all nodes", question: "Cancel the run on all nodes, for good? What it has done stays in the store." },
};

// The token came in the fragment, which no browser sends. It leaves the address, so that it does not end up in a bookmark or a picture of the screen.
const key = "glasswright-token";
function takeToken(): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  try {
    if (given !== null) sessionStorage.setItem(key, given);
    return given ?? sessionStorage.getItem(key);
  } catch {
    return given;
  } finally {
    if (given !== null) history.replaceState(null, "", location.pathname);
  }
}

const token = takeToken();
let known: LiveState | null = null;
let cards = new Map<string, Card>();
let ended = false;
let heardAt = Date.now();

const title = element("h1", {}, "Glasswright");
const state = element("strong", { class: "state" }, "connecting");
const note = element("span", { class: "note" });
const bar = element("progress", { max: "1", value: "0", "aria-label": "Done" });
const controls = element("div", { class: "controls", role: "group", "aria-label": "Controls of the run" });
const facts = element("dl", { class: "facts" });
const charts = element("div", { class: "cards" });
const tables = element("div", {});
const log = element("pre", { tabindex: "0", role: "region", "aria-label": "The end of the log" });
const logSection = element("section", { "aria-labelledby": "log-title" }, element("h2", { id: "log-title" }, "Log"), log);
const trouble = element("p", { class: "missing", role: "alert" });

function build(): void {
  const notices = document.getElementById("notices")?.textContent ?? "";
  document.getElementById("content")?.replaceChildren(
    element(
      "header", {},
      element("div", { class: "bar" }, element("p", { class: "brand" }, "Glasswright live"), themeButton()),
      title,
      // Only the state is announced: numbers that change twice a second would never let a screen reader rest.
      element("div", { class: "status" }, element("p", { role: "status" }, state, " ", note), bar, controls),
      trouble,
      facts,
    ),
    element("section", { "aria-labelledby": "charts-title" }, element("h2", { id: "charts-title" }, "Charts"), charts),
    element("section", { "aria-labelledby": "chains-title" }, element("h2", { id: "chains-title" }, "Chains and nodes"), tables),
    logSection,
    element("details", {}, element("summary", {}, "Notices of the software inside this page"), element("pre", { tabindex: "0" }, notices)),
  );
}

async function act(action: string): Promise<void> {
  const question = labels[action]?.question;
  if (question !== undefined && !confirm(question)) return;
  try {
    const answer = await fetch(`/${action}`, { method: "POST", headers: { "X-Glasswright-Token": token ?? "" } });
    trouble.textContent = answer.ok ? "" : (await answer.text()).trim();
  } catch (failure) {
    trouble.textContent = `The server did not answer: ${failure instanceof Error ? failure.message : String(failure)}`;
  }
}

let offered = "";
function offer(actions: readonly string[]): void {
  const wanted = token === null ? "read" : actions.join();
  if (wanted === offered) return;
  const focused = controls.contains(document.activeElement);
  offered = wanted;
  controls.replaceChildren(...(token === null
    ? [element("span", { class: "note" }, "Read-only: the address that the program told has the token.")]
    : actions.map((action) => button(labels[action]?.text ?? action, labels[action]?.label ?? action, () => void act(action)))));
  // Whoever paused by keyboard stands on the button that resumes.
  if (focused) controls.querySelector("button")?.focus();
}

function draw(next: LiveState): void {
  document.title = `${Math.round(next.done * 100)} % ${next.state}: ${next.title}`;
  title.textContent = next.title;
  if (state.textContent !== next.state) state.textContent = next.state;
  state.dataset["state"] = next.state;
  if (note.textContent !== (next.note ?? "")) note.textContent = next.note ?? "";
  bar.value = next.done;
  offer(next.actions);
  facts.replaceChildren(...next.facts.map((fact) => element(
    "div", {}, element("dt", {}, fact.label), element("dd", {}, fact.value), fact.note === null ? null : element("dd", { class: "note" }, fact.note))));
  const groups = grouped(next.figures);
  if (known === null || groups.length !== cards.size || next.figures.length !== known.figures.length) {
    const made = groups.map((group) => [group[0]?.id ?? "", card(group)] as const);
    cards = new Map(made);
    charts.replaceChildren(...made.map(([, one]) => one.node));
  } else {
    for (const group of groups) {
      if (group.some((figure) => !known?.figures.includes(figure))) cards.get(group[0]?.id ?? "")?.show(group);
    }
  }

  drawTables(next);
  logSection.hidden = next.log === null;
  if (log.textContent !== (next.log ?? "")) {
    const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
    log.textContent = next.log ?? "";
    if (atEnd) log.scrollTop = log.scrollHeight;
  }
}

// A table that somebody reads with the keyboard keeps its focus and its place.
function drawTables(next: LiveState): void {
  const regions = [...tables.querySelectorAll<HTMLElement>(".scroll")];
  const made = next.tables.map(table);
  if (regions.length !== made.length) {
    tables.replaceChildren(...made);
  } else {
    regions.forEach((region, index) => region.replaceChildren(...(made[index]?.childNodes ?? [])));
  }
}

function listen(): void {
  const events = new EventSource("/events");
  events.addEventListener("state", (event) => {
    heardAt = Date.now();
    const next = after(known, JSON.parse(event.data as string) as LiveState);
    draw(next);
    known = next;
    trouble.textContent = "";
  });
  events.addEventListener("end", () => {
    ended = true;
    events.close();
    trouble.textContent = "The program has ended; this page shows its last word.";
  });
  events.addEventListener("error", () => {
    if (ended) return;
    trouble.textContent = "The connection is lost; the page tries again. What it shows may be old.";
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
  });
}

build();
listen();
setInterval(() => {
  if (!ended && known?.state === "running" && Date.now() - heardAt > silence) note.textContent = `No news for ${Math.round((Date.now() - heardAt) / 1000)} s.`;
}, 5000);
