/** What is in the lesson: its chapters by kind, and where a word stands in them or stood on the screen. Chromium 92. */

import { button, clockText, make, t } from "./dom.js";
import { kindOf, plain } from "./cues.js";

const MOST_HITS = 200;
const AROUND = 40;

/** Text as it is compared: full-width letters as narrow ones, no case. */
function folded(text) {
  return text.normalize("NFKC").toLowerCase();
}

/** The part of a long text around what was looked for, as nodes: the hits marked. */
function excerpt(text, wanted) {
  const first = folded(text).indexOf(wanted);
  // Folding may change the length: then the text is shown from its beginning.
  if (first < 0 || folded(text).length !== text.length) return [text.slice(0, 3 * AROUND)];
  const begin = Math.max(0, first - AROUND);
  const end = Math.min(text.length, first + wanted.length + 2 * AROUND);
  const nodes = [begin > 0 ? "…" : ""];
  let at = begin;
  for (;;) {
    const hit = folded(text).indexOf(wanted, at);
    if (hit < 0 || hit + wanted.length > end) break;
    nodes.push(text.slice(at, hit), make("mark", { textContent: text.slice(hit, hit + wanted.length) }));
    at = hit + wanted.length;
  }
  return [...nodes, text.slice(at, end), end < text.length ? "…" : ""];
}

function entry(cue, kind) {
  return { from: cue.startTime, to: cue.endTime, kind, text: plain(cue) };
}

export class Contents {
  constructor(playback, root) {
    this.playback = playback;
    this.chapters = [];
    this.screens = [];
    this.left = new Set();
    this.items = [];
    this.find = make("input", { id: "find", type: "search", placeholder: t("find"), autocomplete: "off" });
    this.find.setAttribute("aria-label", t("find"));
    this.kinds = make("div", { className: "kinds", hidden: true });
    this.kinds.setAttribute("role", "group");
    this.kinds.setAttribute("aria-label", t("kinds"));
    this.said = make("p", { className: "said", id: "found" });
    this.said.setAttribute("role", "status");
    this.list = make("ol", { id: "chapters" });
    root.append(make("h2", { textContent: t("chapters") }), this.find, this.kinds, this.said, this.list);
    this.find.addEventListener("input", () => this.redraw());
  }

  useChapters(cues) {
    this.chapters = cues.map((cue) => entry(cue, kindOf(cue)));
    const kinds = [...new Set(this.chapters.map(({ kind }) => kind))];
    this.kinds.replaceChildren(...(kinds.length > 1 ? kinds.map((kind) => this.filter(kind)) : []));
    this.kinds.hidden = kinds.length < 2;
    this.redraw();
  }

  useScreens(cues) {
    this.screens = cues.map((cue) => entry(cue, "screen-text"));
    this.redraw();
  }

  filter(kind) {
    const made = button(t(`kind-${kind || "chapter"}`), () => {
      const isLeft = !this.left.delete(kind);
      if (isLeft) this.left.add(kind);
      made.setAttribute("aria-pressed", String(!isLeft));
      this.redraw();
    });
    made.setAttribute("aria-pressed", "true");
    return made;
  }

  redraw() {
    const wanted = folded(this.find.value.trim());
    const chapters = this.chapters.filter(({ kind }) => !this.left.has(kind));
    const hits = wanted
      ? [...chapters, ...this.screens].filter(({ text }) => folded(text).includes(wanted)).sort((one, other) => one.from - other.from)
      : chapters;
    this.items = hits.slice(0, MOST_HITS).map((hit) => this.item(hit, wanted));
    this.list.replaceChildren(...this.items.map(({ item }) => item));
    this.said.textContent = wanted ? t(hits.length > 0 ? "hits" : "no-hits", { count: hits.length }) : chapters.length > 0 ? "" : t("no-chapters");
    this.draw();
  }

  item(hit, wanted) {
    const time = make("b", { textContent: clockText(hit.from) });
    const words = wanted ? excerpt(hit.text, wanted) : [hit.text];
    const kind = hit.kind ? [make("small", { textContent: t(`kind-${hit.kind}`) })] : [];
    const press = make("button", { type: "button", onclick: () => this.playback.seek(hit.from) }, time, " ", ...words, ...kind);
    press.dataset.kind = hit.kind;
    return { hit, press, item: make("li", {}, press) };
  }

  /** Which of them is now. */
  draw() {
    const { now } = this.playback;
    const current = this.items.filter(({ hit }) => hit.from <= now + 0.05 && now < hit.to).pop();
    if (current === this.current) return;
    for (const { press } of this.items) press.removeAttribute("aria-current");
    if (current) current.press.setAttribute("aria-current", "true");
    this.current = current;
  }

  /** Seek to the chapter after this moment, or to the beginning of this or the one before. */
  step(by) {
    const { now } = this.playback;
    const begins = this.chapters.map(({ from }) => from);
    const to = by > 0 ? begins.find((from) => from > now + 0.5) : begins.filter((from) => from < now - 2).pop();
    if (to !== undefined) this.playback.seek(to);
    else if (by < 0) this.playback.seek(0);
  }
}
