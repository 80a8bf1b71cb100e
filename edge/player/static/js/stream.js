/** One playlist in one media element, and what becomes of a part that does not come. Chromium 92. */

import Hls from "../vendor/hls.js/hls.light.min.js";

const SETTINGS = {
  enableWorker: false,
  maxBufferLength: 20,
  maxMaxBufferLength: 40,
  backBufferLength: 30,
  maxBufferHole: 0.3,
  liveSyncDurationCount: 1,
};
const AGAIN_MS = 2000;
// What cannot be decoded fails again at once after a recovery.
const RECOVERING_MS = 5000;
// Rounding between a playlist and the pictures in its segments.
const SLACK_S = 0.06;

export function canPlay() {
  return Hls.isSupported();
}

/**
 * `onTrouble(kind)` is called with "network", "missing", "damaged" or "unplayable", `onDetails(stream)` with each
 * playlist that has come. Where the reader can do nothing more, `isGone`.
 */
export class Stream {
  constructor(media, url, startS, { onTrouble, onDetails }) {
    this.media = media;
    this.url = url;
    this.details = null;
    this.damaged = [];
    this.isGone = false;
    this.isStopped = false;
    this.recoveredMs = -RECOVERING_MS;
    this.onTrouble = onTrouble;
    this.hls = new Hls({ ...SETTINGS, startPosition: startS });
    this.hls.on(Hls.Events.ERROR, (_, problem) => this.onError(problem));
    this.hls.on(Hls.Events.LEVEL_UPDATED, (_, { details }) => {
      this.details = details;
      onDetails(this);
    });
    this.hls.loadSource(url);
    this.hls.attachMedia(media);
  }

  get isLive() {
    return this.details !== null && this.details.live;
  }

  /** Where it ends so far, in seconds; 0 while that is not known. */
  get end() {
    return this.details === null ? 0 : this.details.edge;
  }

  get targetS() {
    return this.details === null ? 0 : this.details.targetduration;
  }

  /** The damaged part that `seconds` lies in, as [from, to]. */
  damageAt(seconds) {
    return this.damaged.find(([from, to]) => seconds >= from - SLACK_S && seconds < to - SLACK_S);
  }

  /** Whether there is something to be shown at `seconds`, or will be. */
  covers(seconds) {
    if (this.isGone || this.damageAt(seconds)) return false;
    if (this.details === null || this.isLive) return true;
    const { fragments, edge } = this.details;
    return fragments.length > 0 && seconds >= fragments[0].start - SLACK_S && seconds < edge - SLACK_S;
  }

  goTo(seconds) {
    this.media.currentTime = seconds;
    if (!this.isStopped) return;
    this.isStopped = false;
    this.hls.startLoad(seconds);
  }

  onError({ fatal, type, frag, response }) {
    if (!fatal) return;
    const isRefused = response && response.code >= 400 && response.code < 500;
    if (type === Hls.ErrorTypes.NETWORK_ERROR) {
      if (isRefused && frag) this.leaveOut(frag, "missing");
      else if (isRefused && this.details === null) this.giveUp("missing");
      else this.loadAgainLater();
    } else if (type === Hls.ErrorTypes.MEDIA_ERROR && performance.now() - this.recoveredMs > RECOVERING_MS) {
      this.recoveredMs = performance.now();
      this.hls.recoverMediaError();
    } else if (frag && frag.duration) {
      this.leaveOut(frag, "damaged");
    } else {
      this.giveUp("unplayable");
    }
  }

  /** A segment that is not there, or is none, costs its own seconds only. */
  leaveOut(frag, kind) {
    const known = this.damaged.some(([from]) => from === frag.start);
    if (!known) this.damaged.push([frag.start, frag.start + frag.duration]);
    this.isStopped = true;
    this.onTrouble(kind);
  }

  giveUp(kind) {
    this.isGone = true;
    this.onTrouble(kind);
  }

  /** Go on where it stopped; of a playlist that has never come there is nothing to go on with. */
  loadAgainLater() {
    this.onTrouble("network");
    setTimeout(() => {
      if (!this.hls) return;
      if (this.details === null) this.hls.loadSource(this.url);
      else this.hls.startLoad(this.media.currentTime);
    }, AGAIN_MS);
  }

  close() {
    this.hls.destroy(); // eslint-disable-line floor/scripts -- hls.js's own
    this.hls = null;
    this.media.removeAttribute("src");
    this.media.load();
  }
}
