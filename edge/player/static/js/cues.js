/** WebVTT files, read by the browser's own parser; what stands in a cue is text, whatever it looks like. Chromium 92. */

import { make } from "./dom.js";

const KINDS = ["part", "mark", "poll", "screen"];
const PATIENCE_MS = 20000;

/** The cues of a file: none where it does not come. */
export function loadCues(url) {
  return new Promise((resolve) => {
    // A media element that plays nothing is the only thing that reads WebVTT.
    const track = make("track", { kind: "metadata", src: url });
    const holder = make("video", {}, track);
    const done = () => {
      resolve(track.track.cues ? [...track.track.cues] : []);
      holder.remove();
    };
    track.addEventListener("load", done);
    track.addEventListener("error", () => resolve([]));
    setTimeout(done, PATIENCE_MS);
    track.track.mode = "hidden";
  });
}

/** Its text: entities decoded, tags dropped, never HTML. */
export function plain(cue) {
  return cue.getCueAsHTML().textContent;
}

/** What a chapter is of, by its id such as `poll-3`; "" for anything else. */
export function kindOf(cue) {
  const [kind] = cue.id.split("-");
  return KINDS.includes(kind) ? kind : "";
}

/** Where a small picture lies, by a Media Fragments URI such as `thumbnails-1.jpg#xywh=0,0,160,90`; null for others. */
export function cellOf(cue) {
  const found = /^([\w.-]+\.(?:jpe?g|png|webp))#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)$/.exec(cue.text.trim());
  if (!found) return null;
  const [x, y, width, height] = found.slice(2).map(Number);
  return { file: found[1], x, y, width, height };
}
