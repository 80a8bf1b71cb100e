/** One role's picture, which keeps step with the clock or is not seen. Chromium 92. */

import { clamp, make, roleName, t } from "./dom.js";
import { Stream } from "./stream.js";

// In seconds: nearer than this a picture is let alone, farther it jumps, and in between its speed is bent.
const NEAR_S = 0.008;
const FAR_S = 0.15;
const SHOWN_NEAR_S = 0.035;
const MOST_BENT = 0.2;
const BENT_PER_S = 2.5;
// From play() to the first picture that moves.
const STARTING_MS = 25;
const LEAST_LEAD_S = 0.2;
const MOST_LEAD_S = 3;

/**
 * `state`: "joining" while it is brought to the clock, unseen; "shown" in step; "absent" where the lesson has no
 * picture of this role.
 */
export class View {
  constructor(role, url, startS, { onChange, onTrouble, onDetails }) {
    this.role = role;
    this.state = "joining";
    this.leadS = 0.5;
    // When it was sent where it goes, 0 once it has come there.
    this.aimedMs = performance.now();
    this.joiningSinceMs = performance.now();
    this.timer = 0;
    const name = roleName(role);
    this.video = make("video", { muted: true, playsInline: true, disablePictureInPicture: true, preload: "auto" });
    this.video.setAttribute("aria-label", name);
    this.words = make("p", { className: "view-words" });
    this.box = make("figure", { className: "view joining" }, this.video, this.words, make("figcaption", { textContent: name }));
    this.box.dataset.role = role;
    this.stream = new Stream(this.video, url, startS, { onTrouble, onDetails });
    for (const event of ["seeked", "canplay", "playing", "waiting"]) this.video.addEventListener(event, onChange);
  }

  get isReady() {
    return !this.video.seeking && this.video.readyState > 2;
  }

  get isStarved() {
    return this.state === "shown" && !this.isReady && !this.video.ended;
  }

  /** How far it is ahead of the clock, in seconds. */
  off(now) {
    return this.video.currentTime - now;
  }

  enter(state) {
    if (state === this.state) return;
    this.state = state;
    clearTimeout(this.timer);
    this.timer = 0;
    if (state === "joining") this.joiningSinceMs = performance.now();
    this.box.classList.toggle("joining", state === "joining");
    this.box.classList.toggle("absent", state === "absent");
    this.words.textContent = state === "absent" ? t("view-absent") : "";
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (!this.video.paused) this.video.pause();
  }

  roll(rate) {
    this.video.playbackRate = rate;
    if (this.video.paused) this.video.play().catch(() => {});
  }

  /** Show the picture of this moment, standing. */
  stand(at) {
    this.pause();
    if (this.video.readyState === 0 || this.video.seeking) return;
    if (Math.abs(this.off(at)) > 0.02) this.stream.goTo(at);
    else if (this.video.readyState > 1) this.enter("shown");
  }

  goTo(at) {
    this.pause();
    this.stream.goTo(at);
  }

  /** There is nothing to be seen now: be ready for what comes after. */
  rest(now) {
    this.enter("absent");
    this.pause();
    const damage = this.stream.damageAt(now);
    if (damage && this.stream.isStopped) this.stream.goTo(damage[1] + 0.02);
  }

  follow(now, rate) {
    if (this.state === "absent") this.enter("joining");
    if (!this.isReady) return;
    if (this.aimedMs) this.learnLead();
    if (this.state === "joining") this.join(now, rate);
    else if (Math.abs(this.off(now)) > FAR_S) this.enter("joining");
    else this.bend(now, rate);
  }

  bend(now, rate) {
    this.roll(this.video.playbackRate);
    const off = this.off(now);
    const bend = Math.abs(off) < NEAR_S ? 0 : clamp(off * BENT_PER_S, -MOST_BENT, MOST_BENT);
    const speed = rate * (1 - bend);
    if (Math.abs(this.video.playbackRate - speed) > 0.004) this.video.playbackRate = speed;
  }

  /** Wait ahead of the clock, and start when it comes by. */
  join(now, rate) {
    if (!this.video.paused) {
      if (Math.abs(this.off(now)) < SHOWN_NEAR_S) this.enter("shown");
      else if (Math.abs(this.off(now)) > FAR_S) this.aim(now, rate);
      else this.bend(now, rate);
      return;
    }
    if (this.timer) return;
    const waitMs = (this.off(now) / rate) * 1000 - STARTING_MS;
    if (waitMs < -SHOWN_NEAR_S * 1000 || waitMs > 1500 * MOST_LEAD_S) {
      this.aim(now, rate);
      return;
    }
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.roll(rate);
    }, Math.max(0, waitMs));
  }

  aim(now, rate) {
    this.pause();
    this.aimedMs = performance.now();
    this.stream.goTo(now + this.leadS * rate);
  }

  /** What one jump took is what the next one is led by. */
  learnLead() {
    this.leadS = clamp(((performance.now() - this.aimedMs) / 1000) * 1.25 + 0.05, LEAST_LEAD_S, MOST_LEAD_S);
    this.aimedMs = 0;
  }

  close() {
    clearTimeout(this.timer);
    this.stream.close();
    this.box.remove();
  }
}
