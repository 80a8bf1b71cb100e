/** The position in the lesson: a bar to seek with, small pictures over it, marks on it. Chromium 92. */

import { clamp, clockText, make, t } from "./dom.js";
import { cellOf } from "./cues.js";

// Dragged, it seeks again once the last one has come, or after so long.
const DRAG_MS = 300;

export class Timeline {
  constructor(playback, root) {
    this.playback = playback;
    this.cells = [];
    this.seekedMs = 0;
    this.isDragged = false;
    this.range = make("input", { type: "range", id: "seek", min: "0", step: "0.1", value: "0" });
    this.range.setAttribute("aria-label", t("position"));
    this.marks = make("div", { className: "marks" });
    this.marks.setAttribute("aria-hidden", "true");
    this.picture = make("div", { className: "peek-picture" });
    this.words = make("span");
    this.peek = make("div", { id: "peek", hidden: true }, this.picture, this.words);
    this.peek.setAttribute("aria-hidden", "true");
    root.append(this.peek, this.marks, this.range);
    this.range.addEventListener("input", () => this.drag());
    this.range.addEventListener("change", () => this.letGo());
    this.range.addEventListener("pointermove", (event) => this.hover(event.clientX));
    for (const name of ["pointerleave", "pointerup", "pointercancel", "blur"]) {
      this.range.addEventListener(name, () => {
        this.peek.hidden = true;
      });
    }
  }

  draw() {
    const { now, length } = this.playback;
    this.range.max = length || 1;
    if (!this.isDragged) this.range.value = now;
    this.range.setAttribute("aria-valuetext", clockText(this.isDragged ? Number(this.range.value) : now));
    this.range.style.setProperty("--done", `${(100 * Number(this.range.value)) / (length || 1)}%`);
  }

  drag() {
    this.isDragged = true;
    const at = Number(this.range.value);
    this.show(at);
    if (this.playback.isGathering && performance.now() - this.seekedMs < DRAG_MS) return;
    this.seekedMs = performance.now();
    this.playback.seek(at);
  }

  letGo() {
    this.isDragged = false;
    this.peek.hidden = true;
    const at = Number(this.range.value);
    if (Math.abs(at - this.playback.now) > 0.05) this.playback.seek(at);
  }

  hover(clientX) {
    const { left, width } = this.range.getBoundingClientRect();
    this.show(clamp((clientX - left) / width, 0, 1) * this.playback.length);
  }

  /** The small picture of a moment, above it. */
  show(seconds) {
    const { length, address } = this.playback;
    const found = this.cells.find(({ from, to }) => seconds >= from && seconds < to);
    this.picture.hidden = !found;
    if (found) {
      const { file, x, y, width, height } = found.cell;
      Object.assign(this.picture.style, {
        width: `${width}px`,
        height: `${height}px`,
        backgroundImage: `url("${address(file)}")`,
        backgroundPosition: `-${x}px -${y}px`,
      });
    }
    this.words.textContent = clockText(seconds);
    this.peek.hidden = false;
    const room = this.range.getBoundingClientRect().width;
    const half = this.peek.offsetWidth / 2;
    this.peek.style.left = `${clamp((seconds / (length || 1)) * room, half, Math.max(half, room - half))}px`;
  }

  useThumbnails(cues) {
    this.cells = cues.map((cue) => ({ from: cue.startTime, to: cue.endTime, cell: cellOf(cue) })).filter(({ cell }) => cell);
  }

  useChapters(chapters) {
    const { length } = this.playback;
    this.marks.replaceChildren(
      ...chapters.map(({ from, kind }) => {
        const mark = make("i", { className: kind });
        mark.style.left = `${(100 * from) / (length || 1)}%`;
        return mark;
      }),
    );
  }
}
