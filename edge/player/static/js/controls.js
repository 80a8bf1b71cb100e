/** The controls below the picture: play, time, sound, speed, layout, full screen, keys. Chromium 92. */

import { button, clamp, clockText, make, set, t } from "./dom.js";
import { setIcon } from "./icons.js";
import { useKeys } from "./keys.js";
import { Layouts, keep, kept } from "./layouts.js";
import { SPEEDS } from "./playback.js";

const STEP_S = 10;
const SHORT_STEP_S = 5;
const EDGE_S = 2;

export class Controls {
  constructor(playback, contents, screen, root) {
    this.playback = playback;
    this.contents = contents;
    this.screen = screen;
    this.play = button("", () => playback.toggle(), { id: "play" }, t("play"));
    this.time = make("span", { id: "time", textContent: "00:00" });
    this.live = button(t("live"), () => playback.seek(playback.length), { id: "live", hidden: true });
    this.mute = button("", () => this.toggleMuted(), { id: "mute", hidden: !playback.lesson.sound }, t("mute"));
    this.rate = make("select", { id: "rate" }, ...SPEEDS.map((one) => make("option", { value: one, textContent: `${one}×` })));
    this.rate.setAttribute("aria-label", t("speed"));
    this.rate.onchange = () => this.setRate(Number(this.rate.value));
    const speed = make("label", {}, make("span", { textContent: t("speed") }), this.rate);
    const layoutBar = make("div", { id: "layouts" });
    layoutBar.setAttribute("role", "group");
    layoutBar.setAttribute("aria-label", t("layout"));
    const full = button("", () => this.toggleFull(), { id: "full" }, t("full"));
    setIcon(full, "full");
    const help = button("?", () => this.showKeys(), { id: "help" }, t("keys"));
    screen.append(make("div", { className: "controls" }, this.play, this.time, this.live, this.mute, speed, layoutBar, full, help));
    this.layouts = new Layouts(playback, layoutBar);
    this.showKeys = useKeys(this.keys(), root);
    const { rate } = kept();
    if (SPEEDS.includes(rate)) playback.setRate(rate);
  }

  /** Rows of [keys, word, act]. */
  keys() {
    const { playback, contents, layouts } = this;
    const skip = (seconds) => () => playback.seek(playback.now + seconds);
    return [
      [[" ", "k"], "key-play", () => playback.toggle()],
      [["ArrowLeft"], "key-back-short", skip(-SHORT_STEP_S)],
      [["ArrowRight"], "key-on-short", skip(SHORT_STEP_S)],
      [["j"], "key-back", skip(-STEP_S)],
      [["l"], "key-on", skip(STEP_S)],
      [["p"], "key-chapter-back", () => contents.step(-1)],
      [["n"], "key-chapter-on", () => contents.step(1)],
      [["Home"], "key-home", () => playback.seek(0)],
      [["<"], "key-slower", () => this.stepRate(-1)],
      [[">"], "key-faster", () => this.stepRate(1)],
      [["x"], "key-exchange", () => layouts.exchange()],
      [[..."123456789"].slice(0, layouts.buttons.size), "key-layout", (key) => layouts.press(Number(key) - 1)],
      [["m"], "key-mute", () => this.toggleMuted()],
      [["f"], "key-full", () => this.toggleFull()],
      [["/"], "key-find", () => contents.find.focus()],
      [["?"], "key-help", () => this.showKeys()],
    ];
  }

  setRate(rate) {
    this.playback.setRate(rate);
    keep({ rate: this.playback.rate });
  }

  stepRate(by) {
    this.setRate(SPEEDS[clamp(SPEEDS.indexOf(this.playback.rate) + by, 0, SPEEDS.length - 1)]);
  }

  toggleMuted() {
    const { media } = this.playback.clock;
    media.muted = !media.muted;
    this.draw();
  }

  toggleFull() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.screen.requestFullscreen) this.screen.requestFullscreen().catch(() => {});
  }

  draw() {
    const { now, length, isWanted, isLive, rate, clock } = this.playback;
    const plays = isWanted && !clock.hasEnded;
    const { muted } = clock.media;
    setIcon(this.play, plays ? "pause" : "play");
    set(this.play, { title: t(plays ? "pause" : "play"), ariaLabel: t(plays ? "pause" : "play") });
    set(this.time, { textContent: `${clockText(now)} / ${clockText(length)}` });
    set(this.live, { hidden: !isLive, ariaPressed: String(isLive && now > length - EDGE_S) });
    setIcon(this.mute, muted ? "muted" : "sound");
    set(this.mute, { ariaPressed: String(muted) });
    set(this.rate, { value: String(rate) });
  }
}
