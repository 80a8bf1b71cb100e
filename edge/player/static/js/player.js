/** A lesson's player: its parts, and what they are told. Chromium 92. */

import { make, t } from "./dom.js";
import { Contents } from "./contents.js";
import { Controls } from "./controls.js";
import { loadCues } from "./cues.js";
import { Notice } from "./notice.js";
import { Playback } from "./playback.js";
import { canPlay } from "./stream.js";
import { Timeline } from "./timeline.js";

/**
 * Put the player into `root`: the `Playback`, or null where this browser can play nothing. `manifest` is player.json's
 * contents, `base` the address of the lesson's folder.
 */
export function mountPlayer(root, manifest, base) {
  root.classList.add("player");
  root.setAttribute("aria-label", t("player"));
  if (!canPlay()) {
    root.append(make("p", { id: "notice", textContent: t("no-mse") }));
    return null;
  }
  const address = (path) => new URL(path, base).href;
  const stage = make("div", { id: "stage" });
  const bar = make("div", { id: "bar" });
  const screen = make("div", { id: "screen" }, stage, bar);
  const main = make("div", { className: "player-main" }, screen);
  const side = make("aside");
  side.setAttribute("aria-label", t("chapters"));
  root.append(main, side);
  if (manifest.poster) stage.style.backgroundImage = `url("${address(manifest.poster)}")`;
  if (manifest.pictures.length === 0) stage.append(make("p", { className: "stage-words", textContent: t("no-pictures") }));

  const notice = new Notice(main);
  const playback = new Playback(manifest, address, stage, (kind, stream) => notice.note(kind, stream));
  main.append(playback.clock.media);
  const timeline = new Timeline(playback, bar);
  const contents = new Contents(playback, side);
  const controls = new Controls(playback, contents, screen, root);
  playback.onChange = () => {
    stage.classList.toggle("waiting", playback.isWaiting);
    if (playback.hasShown) stage.style.backgroundImage = "";
    for (const part of [timeline, contents, controls]) part.draw();
    notice.draw(playback);
  };
  playback.onChange();
  // For whoever looks at it from outside.
  root.playback = playback;
  loadAbout(manifest, address, timeline, contents);
  return playback;
}

async function loadAbout(manifest, address, timeline, contents) {
  const cues = async (path) => (path ? loadCues(address(path)) : []);
  contents.useChapters(await cues(manifest.chapters));
  timeline.useChapters(contents.chapters);
  timeline.useThumbnails(await cues(manifest.thumbnails));
  contents.useScreens(await cues(manifest.screen_text));
}
