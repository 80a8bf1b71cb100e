/**
 * The box's time on a board whose own clock and time zone may be wrong. Chromium 80.
 *
 * Times are "box times": milliseconds of a clock on the box's wall, kept as if it were UTC, so that the fields of
 * `new Date(time)` are read with getUTC….
 */

const KEY = "board-clock";

let base = null; // {box, at}: the box's time at performance.now()

/** Set the clock by the box's time, an ISO 8601 text such as 2026-11-10T09:13:20.000+08:00. */
export function setClock(text) {
  const box = Date.parse(text.slice(0, 19) + "Z");
  if (Number.isNaN(box)) return;
  base = { box, at: performance.now() };
  try {
    localStorage.setItem(KEY, JSON.stringify({ box, own: Date.now() }));
  } catch {
    // A kiosk may forbid it: then the time is not known after a reload until the box is heard.
  }
}

/** The box's time now; null where it is not known. */
export function boxTime() {
  return base === null ? null : base.box + performance.now() - base.at;
}

/** After a reload without the box: how much time went by is what the board's own clock says, if it went forwards. */
export function recallClock() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    const passed = Date.now() - kept.own;
    if (passed >= 0) base = { box: kept.box + passed, at: performance.now() };
  } catch {
    // Nothing was kept.
  }
}

/** 09:13 */
export function clockText(time) {
  return new Date(time).toISOString().slice(11, 16);
}

/** 2026-11-10 */
export function dateText(time) {
  return new Date(time).toISOString().slice(0, 10);
}

/** Minutes since midnight, with their fraction. */
export function minuteOf(time) {
  const date = new Date(time);
  return date.getUTCHours() * 60 + date.getUTCMinutes() + date.getUTCSeconds() / 60;
}

/** Minutes since midnight of a text such as 09:13. */
export function minutes(text) {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
}
