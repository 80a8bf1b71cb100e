/** What time it is in the lesson: that of its sound, or of a stopwatch where it has none. Chromium 92. */

import { make } from "./dom.js";
import { Stream } from "./stream.js";

const EVENTS = ["play", "pause", "waiting", "playing", "seeking", "seeked", "canplay", "ended", "durationchange", "timeupdate"];

/** The sound is heard; `onChange` is called whenever it stops, goes on or has come to where it was sent. */
export class SoundClock {
  constructor(url, { onChange, onTrouble, onDetails }) {
    this.media = make("audio", { id: "sound", preload: "auto" });
    this.stream = new Stream(this.media, url, 0, { onTrouble, onDetails });
    for (const name of EVENTS) this.media.addEventListener(name, onChange);
  }

  get now() {
    return this.media.currentTime;
  }

  get length() {
    return this.stream.end;
  }

  get isReady() {
    return !this.media.seeking && (this.media.readyState > 2 || this.media.ended);
  }

  get isRunning() {
    return !this.media.paused && this.isReady && !this.media.ended;
  }

  get hasEnded() {
    return this.media.ended;
  }

  goTo(seconds) {
    this.stream.goTo(seconds);
  }

  start() {
    return this.media.play();
  }

  hold() {
    this.media.pause();
  }

  set rate(rate) {
    this.media.playbackRate = rate;
  }
}

/** A stopwatch that ends at `lengthS`. */
export class Stopwatch {
  constructor(lengthS, { onChange }) {
    this.media = make("audio", { id: "sound" });
    this.stream = null;
    this.length = lengthS;
    this.atS = 0;
    this.sinceMs = 0;
    this.speed = 1;
    this.hasBegun = false;
    this.isReady = true;
    this.onChange = onChange;
  }

  get now() {
    const run = this.hasBegun ? ((performance.now() - this.sinceMs) / 1000) * this.speed : 0;
    return Math.min(this.length, this.atS + run);
  }

  get isRunning() {
    return this.hasBegun && !this.hasEnded;
  }

  get hasEnded() {
    return this.now >= this.length;
  }

  goTo(seconds) {
    this.atS = seconds;
    this.sinceMs = performance.now();
    this.onChange();
  }

  start() {
    this.sinceMs = performance.now();
    this.hasBegun = true;
    this.onChange();
    return Promise.resolve();
  }

  hold() {
    this.atS = this.now;
    this.hasBegun = false;
    this.onChange();
  }

  set rate(rate) {
    this.atS = this.now;
    this.sinceMs = performance.now();
    this.speed = rate;
  }
}
