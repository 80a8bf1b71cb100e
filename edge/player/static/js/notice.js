/** What goes wrong and what to do about it, in one sentence below the picture. Chromium 92. */

import { make, set, t } from "./dom.js";

const WAITING_MS = 1500;
// Of several the first is said.
const GRAVEST = ["unplayable", "network", "missing", "damaged"];

export class Notice {
  constructor(root) {
    this.kinds = new Map();
    this.waitingSinceMs = 0;
    this.words = make("p", { id: "notice" });
    this.words.setAttribute("role", "status");
    root.append(this.words);
  }

  /** Of a stream (a role's, or `sound`) `kind` is what `Stream` says. */
  note(kind, stream) {
    this.kinds.set(stream, kind);
  }

  draw({ isWaiting, clock }) {
    this.waitingSinceMs = isWaiting ? this.waitingSinceMs || performance.now() : 0;
    // What goes well again is no trouble any more.
    if (clock.isRunning && !isWaiting) for (const [stream, kind] of this.kinds) if (kind === "network") this.kinds.delete(stream);
    set(this.words, { textContent: this.text() });
  }

  text() {
    const kinds = [...this.kinds.values()];
    const found = GRAVEST.find((kind) => kinds.includes(kind));
    if (found) return t(`trouble-${found}`);
    return this.waitingSinceMs && performance.now() - this.waitingSinceMs > WAITING_MS ? t("waiting") : "";
  }
}
