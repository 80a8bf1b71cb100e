/** The player of a lesson: the sound is the clock, and every picture that is shown follows it. Chromium 92. */

import Hls from "../vendor/hls.js/hls.light.min.js";
import { clockText, data, make, t } from "./page.js";

// In seconds: nearer than this a picture is let alone, farther it jumps, and in between its speed is bent.
const NEAR_S = 0.015;
const FAR_S = 0.4;
// For a while after a seek or a new picture, bending would take seconds.
const SETTLING_FAR_S = 0.08;
const SETTLING_MS = 2500;
const MOST_BENT = 0.15;
const SETTINGS = {
  enableWorker: false,
  maxBufferLength: 20,
  maxMaxBufferLength: 40,
  backBufferLength: 30,
  maxBufferHole: 0.3,
};
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];
const STEP_S = 10;
const AGAIN_MS = 2000;
// What cannot be played fails again at once after a recovery.
const RECOVERING_MS = 5000;

const $ = (id) => document.getElementById(id);
const say = (text) => {
  $("notice").textContent = text;
};

/** One playlist in one media element. */
class Stream {
  constructor(element, url, startPosition) {
    this.media = element;
    this.url = url;
    this.recoveredMs = -RECOVERING_MS;
    this.settleUntilMs = performance.now() + SETTLING_MS;
    this.jumpedMs = 0;
    this.leadS = 0.1;
    this.hls = new Hls({ ...SETTINGS, startPosition });
    this.hls.on(Hls.Events.ERROR, (_, problem) => this.onError(problem));
    this.hls.loadSource(url);
    this.hls.attachMedia(element);
    element.addEventListener("seeked", () => {
      // What a jump costs is what the next one is led by.
      if (this.jumpedMs) this.leadS = Math.min(0.4, (performance.now() - this.jumpedMs) / 1000);
      this.jumpedMs = 0;
    });
  }

  onError(problem) {
    if (!problem.fatal) return;
    if (problem.type === Hls.ErrorTypes.NETWORK_ERROR) {
      setTimeout(() => this.loadAgain(), AGAIN_MS);
    } else if (problem.type === Hls.ErrorTypes.MEDIA_ERROR && performance.now() - this.recoveredMs > RECOVERING_MS) {
      this.recoveredMs = performance.now();
      this.hls.recoverMediaError();
    } else {
      say(t("broken"));
    }
  }

  /** Go on where it stopped; of a playlist that has never come there is nothing to go on with. */
  loadAgain() {
    if (!this.hls) return;
    if (this.hls.levels.length > 0) this.hls.startLoad();
    else this.hls.loadSource(this.url);
  }

  settle() {
    this.settleUntilMs = performance.now() + SETTLING_MS;
  }

  /** Bring a picture to where the clock is. */
  follow(clock, rate, isRunning) {
    const video = this.media;
    if (!video.readyState) return;
    const off = video.currentTime - clock.currentTime;
    if (!isRunning) {
      if (!video.paused) video.pause();
      if (!video.seeking && Math.abs(off) > 0.04) video.currentTime = clock.currentTime;
      return;
    }
    if (video.paused && !video.ended) video.play().catch(() => {});
    if (video.seeking || video.readyState < 3) return;
    const far = performance.now() < this.settleUntilMs ? SETTLING_FAR_S : FAR_S;
    if (Math.abs(off) > far) {
      this.jumpedMs = performance.now();
      video.currentTime = clock.currentTime + this.leadS * rate;
      video.playbackRate = rate;
      return;
    }
    const bend = Math.abs(off) < NEAR_S ? 0 : Math.max(-MOST_BENT, Math.min(MOST_BENT, off * 1.5));
    const speed = rate * (1 - bend);
    if (Math.abs(video.playbackRate - speed) > 0.004) video.playbackRate = speed;
  }

  close() {
    this.hls.destroy(); // eslint-disable-line floor/scripts -- hls.js's own
    this.hls = null;
    this.media.removeAttribute("src");
    this.media.load();
  }
}

class Lesson {
  constructor(sheet) {
    this.sheet = sheet;
    this.names = new Map(sheet.pictures);
    this.rate = 1;
    this.isWanted = false;
    this.views = new Map();
    this.roles = [];
    this.clock = $("sound");
    this.sound = new Stream(this.clock, sheet.base + sheet.sound, 0);
    setInterval(() => this.follow(), 100);
    for (const name of ["play", "pause", "waiting", "playing", "seeking", "ratechange", "ended"]) {
      this.clock.addEventListener(name, () => this.follow());
    }
  }

  get length() {
    return Number.isFinite(this.clock.duration) ? this.clock.duration : this.sheet.length;
  }

  /** Show these roles; streams that are not seen are closed: a phone decodes what it shows. */
  show(layout, roles) {
    for (const [role, view] of this.views) {
      if (roles.includes(role)) continue;
      view.close();
      view.media.parentNode.remove();
      this.views.delete(role);
    }
    for (const role of roles) if (!this.views.has(role)) this.views.set(role, this.open(role));
    roles.forEach((role, at) => {
      const box = this.views.get(role).media.parentNode;
      box.style.order = at;
      box.dataset.place = at;
    });
    this.roles = roles;
    this.layout = layout;
    $("stage").className = layout;
    this.follow();
  }

  open(role) {
    const name = this.names.get(role);
    const video = make("video", { muted: true, playsInline: true, disablePictureInPicture: true });
    video.setAttribute("aria-label", name);
    const box = make("figure", { className: "view" }, video, make("figcaption", { textContent: name }));
    box.addEventListener("click", () => this.enlarge(role));
    $("stage").append(box);
    return new Stream(video, `${this.sheet.base}${role}.m3u8`, this.clock.currentTime);
  }

  enlarge(role) {
    this.show(this.layout, [role, ...this.roles.filter((other) => other !== role)]);
  }

  follow() {
    const clock = this.clock;
    const isRunning = this.isWanted && !clock.paused && clock.readyState > 2 && !clock.seeking;
    for (const view of this.views.values()) view.follow(clock, this.rate, isRunning);
  }

  toggle() {
    this.isWanted = this.clock.paused;
    if (this.isWanted) this.clock.play().catch((error) => say(String(error)));
    else this.clock.pause();
    this.follow();
  }

  seek(seconds) {
    this.clock.currentTime = Math.max(0, Math.min(this.length - 0.05, seconds));
    for (const view of this.views.values()) {
      view.settle();
      view.media.currentTime = this.clock.currentTime;
    }
  }

  setRate(rate) {
    this.rate = rate;
    this.clock.playbackRate = rate;
    for (const { media } of this.views.values()) media.playbackRate = rate;
  }
}

const sheet = data("sheet");
const lesson = new Lesson(sheet);
let cues = [];

// Entities decoded, tags dropped: a mark is text that a person wrote.
const plain = (cue) => cue.getCueAsHTML().textContent;

function draw() {
  const at = lesson.clock.currentTime;
  const seek = $("seek");
  seek.max = lesson.length || 1;
  if (!seek.matches(":active")) seek.value = at;
  seek.setAttribute("aria-valuetext", clockText(at));
  $("time").textContent = `${clockText(at)} / ${clockText(lesson.length)}`;
  const isPaused = lesson.clock.paused;
  $("play").textContent = isPaused ? "▶" : "❚❚";
  $("play").setAttribute("aria-label", t(isPaused ? "play" : "pause"));
  $("rate").value = lesson.rate;
  const now = cues.filter((cue) => cue.startTime <= at && at < cue.endTime).pop();
  for (const item of $("chapters").children) item.firstChild.toggleAttribute("aria-current", item.cue === now);
}

function addLayouts() {
  const real = sheet.pictures.map(([role]) => role).filter((role) => role !== "programme");
  const layouts = [["single", ["programme"], lesson.names.get("programme")]];
  for (const role of real) layouts.push(["single", [role], lesson.names.get(role)]);
  if (real.length > 1) {
    layouts.push(["side", real.slice(0, 2), t("layout-side")], ["inset", real.slice(0, 2), t("layout-inset")]);
  }
  if (real.length > 2) layouts.push(["grid", real, t("layout-grid")]);
  for (const [layout, roles, name] of layouts) {
    const button = make("button", { type: "button", textContent: name });
    button.onclick = () => {
      lesson.show(layout, roles);
      for (const other of $("layouts").children) other.setAttribute("aria-pressed", String(other === button));
    };
    $("layouts").append(button);
  }
  $("layouts").firstChild.click();
}

function addControls() {
  for (const rate of SPEEDS) $("rate").append(make("option", { value: rate, textContent: `${rate}×` }));
  $("play").onclick = () => lesson.toggle();
  $("rate").onchange = (event) => lesson.setRate(Number(event.target.value));
  $("seek").oninput = (event) => lesson.seek(Number(event.target.value));
  $("full").onclick = () => (document.fullscreenElement ? document.exitFullscreen() : $("player").requestFullscreen());
  for (const name of ["timeupdate", "play", "pause", "durationchange", "seeked"]) lesson.clock.addEventListener(name, draw);
  const keys = {
    " ": () => lesson.toggle(),
    k: () => lesson.toggle(),
    ArrowLeft: () => lesson.seek(lesson.clock.currentTime - STEP_S),
    ArrowRight: () => lesson.seek(lesson.clock.currentTime + STEP_S),
    "<": () => lesson.setRate(Math.max(SPEEDS[0], lesson.rate - 0.25)),
    ">": () => lesson.setRate(Math.min(2, lesson.rate + 0.25)),
    f: () => $("full").click(),
  };
  addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || /INPUT|SELECT|TEXTAREA|BUTTON|A/.test(event.target.tagName)) return;
    event.preventDefault();
    act();
    draw();
  });
}

/** The browser's own parser of WebVTT reads the chapters. */
function addChapters() {
  const track = make("track", { kind: "chapters", src: sheet.base + sheet.chapters });
  track.addEventListener("load", () => {
    cues = [...track.track.cues];
    const items = cues.map((cue) => {
      const name = make("b", { textContent: clockText(cue.startTime) });
      const button = make("button", { type: "button", onclick: () => lesson.seek(cue.startTime) }, name, ` ${plain(cue)}`);
      return Object.assign(make("li", {}, button), { cue });
    });
    $("chapters").replaceChildren(...items);
    $("no-chapters").hidden = items.length > 0;
    draw();
  });
  lesson.clock.append(track);
  track.track.mode = "hidden";
  $("find").oninput = (event) => {
    for (const item of $("chapters").children) item.hidden = !item.textContent.includes(event.target.value);
  };
}

addLayouts();
addControls();
addChapters();
draw();
// For whoever looks at it from outside: how far each picture is from the sound, in seconds.
window.playerOffsets = () =>
  Object.fromEntries([...lesson.views].map(([role, { media }]) => [role, media.currentTime - lesson.clock.currentTime]));
