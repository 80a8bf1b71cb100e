/** A lesson's player: its controls, and what holds them together. Chromium 92. */

import { button, clockText, make, t } from "./dom.js";
import { Contents } from "./contents.js";
import { loadCues } from "./cues.js";
import { useKeys } from "./keys.js";
import { Layouts, keep, kept } from "./layouts.js";
import { Playback, SPEEDS } from "./playback.js";
import { canPlay } from "./stream.js";
import { Timeline } from "./timeline.js";

const STEP_S = 10;
const SHORT_STEP_S = 5;
const WAITING_MS = 1500;
// In order: what can be said of one lesson at a time.
const GRAVEST = ["unplayable", "network", "missing", "damaged"];

/** Put the player into `root`. `manifest` is player.json's contents, `base` the address of the lesson's folder. */
export function mountPlayer(root, manifest, base) {
  const address = (path) => new URL(path, base).href;
  root.classList.add("player");
  root.setAttribute("aria-label", t("player"));
  if (!canPlay()) {
    root.append(make("p", { id: "notice", textContent: t("no-mse") }));
    return null;
  }
  const stage = make("div", { id: "stage" });
  const bar = make("div", { id: "bar" });
  const notice = make("p", { id: "notice" });
  notice.setAttribute("role", "status");
  const troubles = new Map();
  const playback = new Playback(manifest, address, stage, {
    onChange: () => draw(),
    onTrouble: (kind, role) => troubles.set(role, kind),
  });
  const play = button("▶", () => playback.toggle(), { id: "play" }, t("play"));
  const time = make("span", { id: "time", textContent: "00:00" });
  const live = button(t("live"), () => playback.seek(playback.length), { id: "live", hidden: true });
  const mute = button("🔊", () => setMuted(!playback.clock.media.muted), { id: "mute", hidden: !manifest.sound }, t("mute"));
  const rate = make("select", { id: "rate" }, ...SPEEDS.map((one) => make("option", { value: one, textContent: `${one}×` })));
  rate.onchange = () => setRate(Number(rate.value));
  const full = button("⛶", () => toggleFull(), { id: "full" }, t("full"));
  const layoutBar = make("div", { id: "layouts" });
  layoutBar.setAttribute("role", "group");
  layoutBar.setAttribute("aria-label", t("layout"));
  const help = button("?", () => showKeys(), { id: "help" }, t("keys"));
  const speed = make("label", {}, make("span", { textContent: t("speed") }), rate);
  const controls = make("div", { className: "controls" }, play, time, live, mute, speed, layoutBar, full, help);
  const screen = make("div", { id: "screen" }, stage, bar, controls);
  const side = make("aside", {});
  side.setAttribute("aria-label", t("chapters"));
  root.append(make("div", { className: "player-main" }, screen, notice, playback.clock.media), side);

  const timeline = new Timeline(playback, bar);
  const contents = new Contents(playback, side);
  if (manifest.poster) stage.style.backgroundImage = `url("${address(manifest.poster)}")`;
  if (manifest.pictures.length === 0) stage.append(make("p", { className: "stage-words", textContent: t("no-pictures") }));
  const layouts = new Layouts(playback, layoutBar);
  const showKeys = useKeys(
    [
      [[" ", "k"], "key-play", () => playback.toggle()],
      [["ArrowLeft"], "key-back-short", () => playback.seek(playback.now - SHORT_STEP_S)],
      [["ArrowRight"], "key-on-short", () => playback.seek(playback.now + SHORT_STEP_S)],
      [["j"], "key-back", () => playback.seek(playback.now - STEP_S)],
      [["l"], "key-on", () => playback.seek(playback.now + STEP_S)],
      [["p"], "key-chapter-back", () => contents.step(-1)],
      [["n"], "key-chapter-on", () => contents.step(1)],
      [["Home"], "key-home", () => playback.seek(0)],
      [["<"], "key-slower", () => stepRate(-1)],
      [[">"], "key-faster", () => stepRate(1)],
      [["x"], "key-exchange", () => layouts.exchange()],
      [["1", "2", "3", "4", "5", "6", "7", "8", "9"], "key-layout", null],
      [["m"], "key-mute", () => setMuted(!playback.clock.media.muted)],
      [["f"], "key-full", () => toggleFull()],
      [["/"], "key-find", () => contents.find.focus()],
      [["?"], "key-help", () => showKeys()],
    ].map(([keys, word, act]) => [keys, word, act]),
    root,
  );
  addEventListener("keydown", (event) => {
    const isTyped = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "range";
    const chosen = [...layouts.buttons.values()][Number(event.key) - 1];
    if (chosen && !isTyped && !event.ctrlKey && !event.metaKey && !event.altKey) chosen.click();
  });

  let waitingSinceMs = 0;

  function setRate(to) {
    playback.setRate(to);
    keep({ rate: playback.rate });
  }

  function stepRate(by) {
    const at = SPEEDS.indexOf(playback.rate);
    setRate(SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at + by))]);
  }

  function setMuted(isMuted) {
    playback.clock.media.muted = isMuted;
    draw();
  }

  function toggleFull() {
    if (document.fullscreenElement) document.exitFullscreen();
    else screen.requestFullscreen().catch(() => {});
  }

  function trouble() {
    const kinds = [...troubles.values()];
    const found = GRAVEST.find((kind) => kinds.includes(kind));
    if (found) return t(`trouble-${found}`);
    return waitingSinceMs && performance.now() - waitingSinceMs > WAITING_MS ? t("waiting") : "";
  }

  function draw() {
    const { now, length, isWanted, isLive, isWaiting } = playback;
    const plays = isWanted && !playback.clock.hasEnded;
    set(play, "textContent", plays ? "❚❚" : "▶");
    set(play, "title", t(plays ? "pause" : "play"));
    if (play.getAttribute("aria-label") !== play.title) play.setAttribute("aria-label", play.title);
    set(time, "textContent", `${clockText(now)} / ${clockText(length)}`);
    set(live, "hidden", !isLive);
    live.setAttribute("aria-pressed", String(isLive && now > length - 2));
    set(mute, "textContent", playback.clock.media.muted ? "🔇" : "🔊");
    mute.setAttribute("aria-pressed", String(playback.clock.media.muted));
    set(rate, "value", String(playback.rate));
    waitingSinceMs = isWaiting ? waitingSinceMs || performance.now() : 0;
    stage.classList.toggle("waiting", isWaiting);
    // What went well again is no trouble any more.
    if (playback.clock.isRunning && !isWaiting) for (const [role, kind] of troubles) if (kind === "network") troubles.delete(role);
    set(notice, "textContent", trouble());
    if (timeline) timeline.draw();
    if (contents) contents.draw();
  }

  const { rate: usual } = kept();
  if (SPEEDS.includes(usual)) playback.setRate(usual);
  loadAbout(manifest, address, timeline, contents);
  draw();
  // For whoever looks at it from outside: how far each picture is from the sound, in seconds.
  window.playerOffsets = () =>
    Object.fromEntries([...playback.views].map(([role, view]) => [role, view.off(playback.now)]));
  window.player = playback;
  return playback;
}

function set(element, property, value) {
  if (element[property] !== value) element[property] = value;
}

async function loadAbout(manifest, address, timeline, contents) {
  const cues = async (path) => (path ? loadCues(address(path)) : []);
  contents.useChapters(await cues(manifest.chapters));
  timeline.useChapters(contents.chapters);
  timeline.useThumbnails(await cues(manifest.thumbnails));
  contents.useScreens(await cues(manifest.screen_text));
}
