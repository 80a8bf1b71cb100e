/** A lesson that plays: the sound is the clock, every picture that is shown keeps step with it. Chromium 92. */

import { SoundClock, Stopwatch } from "./clock.js";
import { clamp } from "./dom.js";
import { View } from "./view.js";

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const TICK_MS = 50;
// A picture that has not come is waited for by the sound for so long, and not again before so long.
const PATIENCE_MS = 8000;
const STARVED_MS = 250;
const JOINING_MS = 4000;
const START_POLL_MS = 4;
const START_WAIT_MS = 1000;
const FROM_END_S = 0.05;

/**
 * `onTrouble(kind, stream)` is called with what `Stream` says of a role's pictures or the `sound`, and `onChange`, once it
 * is set, whenever something has changed that is shown. Views are put into `stage`.
 */
export class Playback {
  constructor(manifest, address, stage, onTrouble) {
    this.lesson = manifest;
    this.address = address;
    this.stage = stage;
    this.onChange = () => {};
    this.onTrouble = onTrouble;
    this.views = new Map();
    this.roles = [];
    this.rate = 1;
    this.isWanted = false;
    // All are stopped until everybody is where the reader wants to be.
    this.isGathering = false;
    this.gatherSinceMs = 0;
    this.starvedSinceMs = 0;
    this.gaveUpMs = -PATIENCE_MS;
    this.startNumber = 0;
    this.isStarting = false;
    this.wasLive = false;
    this.isAtEdge = false;
    const listener = { onChange: () => this.tick(), onDetails: (stream) => this.onDetails(stream) };
    this.clock = manifest.sound
      ? new SoundClock(address(manifest.sound), { ...listener, onTrouble: (kind) => this.onTrouble(kind, "sound") })
      : new Stopwatch(manifest.length_s, listener);
    setInterval(() => this.tick(), TICK_MS);
    document.addEventListener("visibilitychange", () => this.tick());
  }

  get now() {
    return this.clock.now;
  }

  get streams() {
    return [this.clock.stream, ...[...this.views.values()].map((view) => view.stream)].filter(Boolean);
  }

  get isLive() {
    return this.streams.some((stream) => stream.isLive);
  }

  /** Of a lesson that still runs: as far as everything that is shown has come, one target duration back. */
  get length() {
    const live = this.streams.filter((stream) => stream.isLive);
    if (live.length > 0) return Math.max(0, ...[Math.min(...live.map((one) => one.end - one.targetS))]);
    return this.clock.length || this.lesson.length_s;
  }

  /** How far each picture that is shown is ahead of the sound, in seconds by role. */
  get offsets() {
    return Object.fromEntries([...this.views].map(([role, view]) => [role, view.off(this.now)]));
  }

  get hasShown() {
    return [...this.views.values()].some((view) => view.state === "shown");
  }

  get isWaiting() {
    return this.isWanted && (this.isGathering || !this.clock.isRunning) && !this.clock.hasEnded;
  }

  onDetails(stream) {
    if (stream.isLive && !this.wasLive) {
      this.wasLive = true;
      this.seek(this.length);
    }
    if (!this.clock.stream && stream.end > this.clock.length) this.clock.length = stream.end;
    this.onChange();
  }

  /** Show these roles; streams that are not seen are closed: a phone decodes what it shows. */
  show(roles) {
    for (const [role, view] of this.views) {
      if (roles.includes(role)) continue;
      view.close();
      this.views.delete(role);
    }
    for (const role of roles) if (!this.views.has(role)) this.views.set(role, this.open(role));
    this.roles = roles;
    this.tick();
  }

  open(role) {
    const { playlist } = this.lesson.pictures.find((one) => one.role === role);
    const lead = this.clock.isRunning ? 0.5 * this.rate : 0;
    const view = new View(role, this.address(playlist), this.now + lead, {
      onChange: () => this.tick(),
      onTrouble: (kind) => this.onTrouble(kind, role),
      onDetails: (stream) => this.onDetails(stream),
    });
    this.stage.append(view.box);
    return view;
  }

  play() {
    this.isWanted = true;
    if (this.clock.hasEnded) this.seek(0);
    else this.bringTogether();
  }

  pause() {
    this.isWanted = false;
    this.isStarting = false;
    this.startNumber += 1;
    this.clock.hold();
    this.tick();
  }

  toggle() {
    if (this.isWanted && !this.clock.hasEnded) this.pause();
    else this.play();
  }

  seek(seconds) {
    const at = clamp(seconds, 0, Math.max(0, this.length - FROM_END_S));
    this.isAtEdge = this.isLive && at >= this.length - 1;
    this.clock.hold();
    this.clock.goTo(at);
    for (const view of this.views.values()) view.goTo(at);
    this.bringTogether();
  }

  setRate(rate) {
    this.rate = clamp(rate, SPEEDS[0], SPEEDS[SPEEDS.length - 1]);
    this.clock.rate = this.rate;
    for (const { video } of this.views.values()) video.playbackRate = this.rate;
    this.onChange();
  }

  /** Stop the clock until every picture that is shown has come to where it is. */
  bringTogether() {
    this.startNumber += 1;
    this.isStarting = false;
    this.clock.hold();
    this.isGathering = true;
    this.gatherSinceMs = performance.now();
    this.tick();
  }

  tick() {
    const now = this.now;
    if (this.leftOut(now)) return;
    const due = [];
    for (const view of this.views.values()) {
      if (document.hidden) this.park(view);
      else if (!view.stream.covers(now)) view.rest(now);
      else due.push(view);
    }
    if (this.isGathering) this.tryStart(due);
    else if (!this.isWanted) for (const view of due) view.stand(now);
    else if (this.isStarting) for (const view of due) view.pause();
    else if (!this.clock.isRunning) for (const view of due) view.pause();
    else this.follow(due, now);
    this.onChange();
  }

  /** A browser does not play what is not seen; it joins again when it is. */
  park(view) {
    view.pause();
    view.enter("joining");
    view.joiningSinceMs = performance.now();
  }

  /** Whether the sound has come to a part of it that is missing, which is passed over. */
  leftOut(now) {
    const sound = this.clock.stream;
    const damage = sound && (sound.damageAt(now) || (!this.clock.isReady && sound.damageAt(now + 0.3)));
    if (!damage) return false;
    this.seek(damage[1] + 0.02);
    return true;
  }

  tryStart(due) {
    const at = this.now;
    for (const view of due) {
      view.pause();
      if (!view.video.seeking && view.video.readyState > 0 && Math.abs(view.off(at)) > 0.02) view.goTo(at);
    }
    if (!this.clock.isReady) return;
    const isPatient = performance.now() - this.gatherSinceMs < PATIENCE_MS;
    const ready = due.filter((view) => view.isReady);
    if (ready.length < due.length && isPatient) return;
    this.isGathering = false;
    this.starvedSinceMs = 0;
    if (!isPatient) this.gaveUpMs = performance.now();
    for (const view of due) view.enter(view.isReady ? "shown" : "joining");
    if (this.isWanted) this.start(ready);
  }

  /** The sound first: a sound card takes longer to begin than a picture. */
  async start(views) {
    const number = this.startNumber;
    const from = this.now;
    this.isStarting = true;
    this.clock.rate = this.rate;
    try {
      await this.clock.start();
      const begunMs = performance.now();
      while (number === this.startNumber && this.now <= from && performance.now() - begunMs < START_WAIT_MS) {
        await new Promise((resolve) => setTimeout(resolve, START_POLL_MS));
      }
    } catch (error) {
      // The browser wants the reader to press first; else it was stopped before it began.
      if (number === this.startNumber && error.name === "NotAllowedError") this.pause();
    }
    if (number !== this.startNumber) return;
    this.isStarting = false;
    if (this.isWanted) for (const view of views) view.roll(this.rate);
  }

  follow(due, now) {
    for (const view of due) view.follow(now, this.rate);
    if (this.isLive && this.rate > 1 && now > this.length) this.setRate(1);
    const sinceMs = performance.now();
    const isStarved = due.some((view) => view.isStarved || (view.state === "joining" && sinceMs - view.joiningSinceMs > JOINING_MS));
    if (!isStarved) this.starvedSinceMs = 0;
    else if (!this.starvedSinceMs) this.starvedSinceMs = sinceMs;
    else if (sinceMs - this.starvedSinceMs > STARVED_MS && sinceMs - this.gaveUpMs > PATIENCE_MS) this.bringTogether();
  }
}
