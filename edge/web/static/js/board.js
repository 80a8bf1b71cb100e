/** The class board: draws what the box tells, and goes on with what it has heard last while the box is away. Chromium 80. */

import { boxTime, clockText, recallClock, setClock } from "./board_clock.js";
import * as parts from "./board_parts.js";
import { data, t } from "./page.js";
import { followRoom } from "./room.js";

const KEY = "board";
const AWAY_AFTER_MS = 15000;
const ASK_AGAIN_MS = 5000;
const NIGHTLY_RELOAD_MIN = 200; // 03:20: what a page has gathered in a day is gone, and new words come

const setup = data("setup");
const EMPTY = { lamp: "unknown", notices: [], duty: [], emergency: "" };

// What was heard last: the view, the seats of its exam, and the box's time when it was.
let kept = recall();
let link = { box: false, controller: false };
let lostAt = performance.now() - AWAY_AFTER_MS; // when the link was lost; not known to hold before it is heard
let joinAddress = ""; // of the students' page, while a question is open
const askedMs = {}; // when what the view needs besides was asked for, by its path, until it is there

function recall() {
  recallClock();
  try {
    const found = JSON.parse(localStorage.getItem(KEY));
    if (found.version === setup.version) return found;
  } catch {
    // Nothing was kept.
  }
  return { version: setup.version, view: EMPTY, seats: [], seatsId: "", heard: null };
}

function keep(change) {
  kept = Object.assign({}, kept, change);
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // A kiosk may forbid it: the board then begins empty after a reload.
  }
}

function isAway() {
  return !(link.box && link.controller) && performance.now() - lostAt >= AWAY_AFTER_MS;
}

function draw() {
  const view = kept.view;
  const isKnown = kept.heard !== null && !isAway();
  const question = isKnown && joinAddress ? view.question : undefined;
  parts.drawHead(view);
  parts.drawLamp(view, isKnown);
  const isNewLayout = parts.drawLessons(view, Boolean(question));
  parts.drawPeople(view, Boolean(question));
  parts.drawJoin(question, joinAddress);
  parts.drawExam(view, view.exam && view.exam.seats_id === kept.seatsId ? kept.seats : []);
  parts.drawEmergency(view);
  drawLink();
  if (isNewLayout) parts.refitAll();
}

function drawLink() {
  const time = boxTime();
  const hasNews = isAway() && kept.heard !== null && time !== null;
  const text = hasNews
    ? t("away", { since: clockText(kept.heard), duration: duration((time - kept.heard) / 60000) })
    : isAway() || kept.heard === null
    ? t("connecting")
    : t("connected");
  for (const id of ["link", "exam-link"]) {
    parts.put(id, text);
    document.getElementById(id).className = isAway() ? "bad" : "";
  }
}

function duration(minutes) {
  if (minutes < 90) return t("minutes", { count: Math.max(1, Math.round(minutes)) });
  if (minutes < 36 * 60) return t("hours", { count: Math.round(minutes / 60) });
  return t("days", { count: Math.round(minutes / 1440) });
}

function takeView(view) {
  if (!view.version) return; // the box has not heard from its controller yet
  if (view.version !== setup.version) {
    location.reload();
    return;
  }
  keep({ view, heard: boxTime() });
  if (!view.question) joinAddress = "";
  // There may be names among the seats: a board keeps none of an exam that is over.
  if (!view.exam && kept.seatsId) keep({ seats: [], seatsId: "" });
  fetchMissing();
  draw();
}

/** What the view needs besides itself; it is asked for until it is there, since the view may stay as it is for hours. */
function fetchMissing() {
  const { question, exam } = kept.view;
  if (!link.box) return;
  if (question && !joinAddress) fetchOnce("/board/join", ({ address }) => (joinAddress = address || ""));
  if (exam && exam.seats_id !== kept.seatsId) {
    fetchOnce("/board/seats", ({ seats }) => keep({ seats, seatsId: exam.seats_id }));
  }
}

async function fetchOnce(path, take) {
  if (path in askedMs && performance.now() - askedMs[path] < ASK_AGAIN_MS) return;
  askedMs[path] = performance.now();
  try {
    const answer = await fetch(path);
    if (!answer.ok) return;
    take(await answer.json());
    delete askedMs[path];
    draw();
  } catch {
    // The box is away for the moment.
  }
}

/** Reload once the page is there to be had: an error page instead of it would stay on the door. */
async function reloadSafely() {
  try {
    const answer = await fetch("/board", { cache: "no-store" });
    if (answer.ok) {
      location.reload();
      return;
    }
  } catch {
    // It is away, as a page that is there but busy is of no use either.
  }
  setTimeout(reloadSafely, 60000);
}

function planReload() {
  const time = boxTime();
  if (time === null) {
    setTimeout(planReload, 60000);
    return;
  }
  const day = 24 * 3600 * 1000;
  const wait = (NIGHTLY_RELOAD_MIN * 60000 - (time % day) + day) % day;
  setTimeout(reloadSafely, Math.max(wait, 3600000));
}

draw();
followRoom("/board/events", {
  onStatus: takeView,
  onLink(now) {
    const wasThere = link.box && link.controller;
    link = now;
    if (wasThere && !(now.box && now.controller)) lostAt = performance.now();
    draw();
  },
  onTime(text) {
    setClock(text);
    if (link.controller && kept.heard !== null) keep({ heard: boxTime() });
    draw();
  },
});
setInterval(() => {
  fetchMissing();
  draw();
  parent.postMessage("board", "*"); // the box's own screen has the board in a frame (systemd/kiosk.html)
}, 1000);
window.addEventListener("resize", parts.refitAll);
document.fonts.ready.then(parts.refitAll);
planReload();
