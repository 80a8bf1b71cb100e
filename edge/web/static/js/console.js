/** The console: follows the room, and gives each part of the page what concerns it. Chromium 92. */

import { data, t } from "./page.js";
import { followRoom } from "./room.js";
import { Devices } from "./console_devices.js";
import { Director } from "./console_director.js";
import { Heads } from "./console_heads.js";
import { LessonControls } from "./console_lesson.js";
import { Poll } from "./console_poll.js";
import { Stills } from "./console_stills.js";

const room = data("room");
const said = document.getElementById("said");

/** Say the outcome of an act in one sentence; a problem stays until the next act. */
export function say(text, isProblem = false) {
  said.textContent = text;
  said.classList.toggle("problem", isProblem);
}

let newest = 0;

/** Do something that may be refused, and say so; what was begun later has the last word. */
async function attempt(act, done = "") {
  newest += 1;
  const mine = newest;
  try {
    await act();
    if (mine === newest) say(done);
    return true;
  } catch (error) {
    say(error.message, true);
    return false;
  }
}

const parts = [new LessonControls(room, attempt), new Stills(room, attempt), new Devices(room)];
if (document.getElementById("director")) parts.push(new Director(attempt));
if (document.getElementById("poll")) parts.push(new Poll(attempt));
if (document.getElementById("heads")) parts.push(new Heads(room, attempt));

let status = {};
let link = { box: false, controller: false };

function draw() {
  const isLive = link.box && link.controller;
  for (const part of parts) part.draw(status, isLive, link);
  const shown = document.getElementById("link");
  shown.textContent = t(isLive ? "link-good" : "link-bad");
  shown.classList.toggle("bad", !isLive);
}

/** A session ends after some hours: then it is the login page that has to be shown. */
async function leaveWhereLoggedOut() {
  try {
    const answer = await fetch("/account", { cache: "no-store" });
    if (answer.status === 401) location.reload();
  } catch {
    // The box is away, which the page says.
  }
}

followRoom("/console/events", {
  onRefused: leaveWhereLoggedOut,
  onStatus(now) {
    status = now;
    draw();
  },
  onLink(now) {
    link = now;
    draw();
  },
});
draw();
