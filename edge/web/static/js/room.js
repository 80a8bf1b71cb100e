/** Follows the room by server-sent events (edge/web/event_stream.py). Chromium 80. */

const SILENCE_MS = 16000;

/** `target` after a JSON Merge Patch (RFC 7396); neither is changed. */
export function mergePatch(target, patch) {
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return patch;
  const isObject = target !== null && typeof target === "object" && !Array.isArray(target);
  const merged = isObject ? Object.assign({}, target) : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

/**
 * Follow the events at `url` for ever.
 *
 * `onStatus(status)` gets the whole status whenever it changes. `onLink(link)` gets `{box, controller}` whenever one of
 * them changes: whether the box is heard, and whether its controller answers. `onTime(now)` gets the box's time, as an
 * ISO 8601 text with its offset, every few seconds. `onRefused()` is called whenever the box answers, but with no events.
 */
export function followRoom(url, { onStatus = () => {}, onLink = () => {}, onTime = () => {}, onRefused = () => {} }) {
  let status = {};
  let link = { box: false, controller: false };
  let source = null;
  let silence = 0;

  function setLink(box, controller) {
    if (box === link.box && controller === link.controller) return;
    link = { box, controller };
    onLink(link);
  }

  function heard() {
    clearTimeout(silence);
    silence = setTimeout(connect, SILENCE_MS);
  }

  function connect() {
    if (source) {
      source.close();
      setLink(false, false);
    }
    source = new EventSource(url);
    heard();
    source.addEventListener("status", (event) => {
      heard();
      status = JSON.parse(event.data);
      onStatus(status);
    });
    source.addEventListener("change", (event) => {
      heard();
      status = mergePatch(status, JSON.parse(event.data));
      onStatus(status);
    });
    source.addEventListener("beat", (event) => {
      heard();
      const beat = JSON.parse(event.data);
      setLink(true, !beat.away);
      onTime(beat.now);
    });
    source.addEventListener("error", () => {
      setLink(false, false);
      // A browser gives up for good after an answer that is no stream (503, a login page): ask again later.
      if (source.readyState === EventSource.CLOSED) {
        clearTimeout(silence);
        silence = setTimeout(connect, 2000 + Math.random() * 3000);
        onRefused();
      }
    });
  }

  connect();
}
