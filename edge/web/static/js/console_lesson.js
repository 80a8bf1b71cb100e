/** State of the lesson, the one big button, pause, marks and remarks. Chromium 92. */

import { clockText, post, t } from "./page.js";
import { onHold } from "./hold.js";

const $ = (id) => document.getElementById(id);

/** What the page says of the room: its state, or that it is not known, or that nothing arrives to be recorded. */
function shownState(status, link) {
  if (!link.box || !link.controller || !status.state) return "unknown";
  const isTrouble = status.state === "recording" && status.lamp !== "on" && status.lesson_time_s > 5;
  return isTrouble ? "trouble" : status.state;
}

export class LessonControls {
  constructor(room, attempt) {
    this.status = {};
    this.attempt = attempt;
    this.holdMs = room.holdToEndMs;
    this.begunMs = 0;
    if ($("big")) this.addButtons();
    if ($("remark")) this.addRemark();
  }

  get isRunning() {
    return this.status.state === "recording" || this.status.state === "paused";
  }

  addButtons() {
    // A press starts at once; only the end, which cannot be undone for long, is held.
    onHold($("big"), this.holdMs, () => this.isRunning, () => this.act("stop"));
    $("big").addEventListener("click", () => {
      if (!this.isRunning) this.act("start");
    });
    $("pause").addEventListener("click", () => this.act(this.status.state === "paused" ? "resume" : "pause"));
    $("mark").addEventListener("click", () => this.mark());
    $("coming").querySelector("button").addEventListener("click", () => this.answer());
    $("mark-words").addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.mark();
    });
    $("mark-words").addEventListener("input", () => this.noteWriting($("mark-words")));
  }

  addRemark() {
    const words = $("remark-words");
    words.addEventListener("input", () => this.noteWriting(words));
    $("remark").addEventListener("submit", (event) => {
      event.preventDefault();
      this.keep("/room/remark", { text: words.value }, words, "remarked");
    });
  }

  mark() {
    this.keep("/room/mark", { label: $("mark-words").value }, $("mark-words"), "marked");
  }

  /** A remark belongs to the moment when its writing began. */
  noteWriting(field) {
    if (!field.value) this.begunMs = 0;
    else if (!this.begunMs) this.begunMs = Date.now();
  }

  async keep(url, body, field, done) {
    const ago_s = this.begunMs ? Math.min(300, (Date.now() - this.begunMs) / 1000) : 0;
    const at = clockText(Math.max(0, this.status.lesson_time_s - ago_s));
    if (await this.attempt(() => post(url, { ...body, ago_s }), t(done, { time: at }))) {
      field.value = "";
      this.begunMs = 0;
    }
  }

  async act(name) {
    const buttons = [$("big"), $("pause"), $("mark")];
    for (const button of buttons) button.disabled = true;
    await this.attempt(() => post(`/room/${name}`));
    this.drawButtons();
  }

  /** What is announced to happen by itself shall not: as the panel's buttons say it. */
  answer() {
    const coming = this.status.coming;
    if (coming) this.act(coming.act === "start" ? "pause" : "resume");
  }

  drawComing() {
    const coming = this.status.coming;
    $("coming").hidden = !coming;
    if (!coming) return;
    $("coming").querySelector("p").textContent = coming.text;
    $("coming").querySelector("button").textContent = t(coming.act === "start" ? "decline" : "go-on");
  }

  draw(status, isLive, link) {
    this.status = isLive ? status : {};
    const state = shownState(status, link);
    $("state").dataset.state = state;
    $("state-word").textContent = t(`state-${state}`);
    $("lesson-time").textContent = this.isRunning ? clockText(status.lesson_time_s) : "";
    const more = { idle: "more-idle", paused: "more-paused", unknown: link.box ? "more-no-controller" : "more-unknown" };
    $("state-more").textContent = more[state] ? t(more[state]) : "";
    this.drawButtons();
    if ($("remark")) $("remark").querySelector("button").disabled = this.status.state !== "recording";
  }

  drawButtons() {
    const big = $("big");
    if (!big) return;
    const state = this.status.state;
    big.disabled = !(state === "idle" || this.isRunning);
    big.classList.toggle("stop", this.isRunning);
    big.querySelector("b").textContent = t(this.isRunning ? "end" : "start");
    big.querySelector("span").textContent = this.isRunning
      ? t("end-hint", { seconds: this.holdMs / 1000 })
      : t("start-hint");
    const isPaused = state === "paused";
    $("pause").disabled = !this.isRunning;
    $("pause").querySelector("b").textContent = t(isPaused ? "resume" : "pause");
    $("pause").querySelector("small").textContent = t(isPaused ? "resume-hint" : "pause-hint");
    $("mark").disabled = state !== "recording";
    this.drawComing();
  }
}
