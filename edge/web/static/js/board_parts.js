/** The parts of the board, each drawn from the view (edge/link/board_view.py) and the box's time. Chromium 80. */

import { boxTime, clockText, dateText, minuteOf, minutes } from "./board_clock.js";
import { fitBox, fitLine } from "./board_fit.js";
import { t } from "./page.js";

const EXAM_STAYS_MIN = 30;
const weekdays = t("weekdays").split(",");
const months = t("months").split(",");

const byId = (id) => document.getElementById(id);

/** Put a text into an element, as text; true where it was another one before. */
export function put(id, text) {
  const element = byId(id);
  if (element.textContent === text) return false;
  element.textContent = text;
  if (element.classList.contains("fit")) fitLine(element);
  return true;
}

/** Show or hide an element; true where it was otherwise before. */
function show(id, isShown) {
  const element = byId(id);
  if (element.hidden !== isShown) return false;
  element.hidden = !isShown;
  return true;
}

/** Replace the children of an element where `made` differs from what made those that are there. */
function replace(id, made, make) {
  const element = byId(id);
  const key = JSON.stringify(made);
  if (element.dataset.key === key) return false;
  element.dataset.key = key;
  while (element.firstChild) element.firstChild.remove();
  for (const one of made) element.append(make(one));
  return true;
}

function tag(name, text, className = "") {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

export function drawHead(view) {
  const time = boxTime();
  put("class", view.class || view.room || "");
  put("place", view.class ? view.room || "" : "");
  const clock = time === null ? "--:--" : clockText(time);
  put("clock", clock);
  put("exam-clock", clock);
  if (time === null) return;
  const date = new Date(time);
  const values = { month: months[date.getUTCMonth()], day: date.getUTCDate(), weekday: weekdays[date.getUTCDay()] };
  put("date", t("date", values));
}

export function drawLamp(view, isKnown) {
  const lamp = isKnown ? view.lamp : "unknown";
  byId("lamp").className = lamp;
  const watched = isKnown && view.watched ? t("watched", { count: view.watched }) : "";
  const coming = isKnown && view.coming ? t(`coming-${view.coming}`, { time: view.coming_at }) : "";
  put("lamp-more", coming || (lamp === "paused" ? t("more-paused") : watched));
  put("lamp-text", t(`lamp-${lamp}`));
  put("exam-lamp", lamp === "idle" ? "" : t(`lamp-${lamp}`));
}

/** The lesson that is now and the next one of the day; both null where the day is not known, or not today's. */
function lessonsAt(view, time) {
  const day = view.day;
  const isToday = Boolean(day) && time !== null && day.date === dateText(time);
  const lessons = isToday ? day.lessons : [];
  const minute = time === null ? 0 : minuteOf(time);
  const now = lessons.filter((one) => minutes(one.from) <= minute && minute < minutes(one.to)).pop() || null;
  const next = lessons.find((one) => minutes(one.from) > minute) || null;
  return { isToday, lessons, minute, now, next };
}

/** What stands where the subject of a lesson would. */
function pauseTitle({ isToday, lessons, now, next, minute }, day) {
  if (!isToday || now) return "";
  if (day.note && (day.note === "holiday" || day.note === "vacation")) return day.note_name || t(`note-${day.note}`);
  if (lessons.length === 0) return t("free");
  if (!next) return t("after");
  return minute < minutes(lessons[0].from) ? t("before") : t("break");
}

export function drawLessons(view, isJoining) {
  const time = boxTime();
  const at = lessonsAt(view, time);
  const { now, next, minute } = at;
  put("now-label", now ? (now.period ? t("now-period", { period: now.period }) : t("now")) : "");
  put("now-time", now ? `${now.from}–${now.to}` : "");
  const isBare = !view.day && time !== null;
  byId("board").classList.toggle("bare", isBare);
  byId("now").classList.toggle("pause", !now);
  const elsewhere = now && now.class && now.class !== view.class ? now.class : "";
  const isNewTeacher = put("teacher", now ? [elsewhere, now.teacher].filter(Boolean).join(" · ") : "");
  const subject = now ? now.subject : isBare ? clockText(time) : pauseTitle(at, view.day);
  if (!put("subject", subject) && isNewTeacher) fitLine(byId("subject"));
  const passed = now ? (minute - minutes(now.from)) / (minutes(now.to) - minutes(now.from)) : 0;
  byId("passed").style.width = `${Math.round(passed * 1000) / 10}%`;
  show("next", Boolean(next));
  put("next-text", next ? [next.from, next.subject, next.teacher].filter(Boolean).join("  ") : "");
  drawDay(view, at, isJoining);
}

/** About how wide a text is, in em: the rows of the day are grids of their own, whose columns must agree. */
function widthOf(text) {
  return Array.from(text).reduce((sum, sign) => sum + (sign < "\u2e80" ? 0.58 : 1), 0);
}

function drawDay(view, { isToday, lessons, now, minute }, isJoining) {
  const day = view.day;
  const hasChanged = show("day", Boolean(day) && !isJoining);
  const follows = isToday && day.follows ? weekdays[new Date(`${day.follows}T00:00Z`).getUTCDay()] : "";
  put("day-title", follows ? t("day-makeup", { weekday: follows }) : t("day"));
  const rows = lessons.map((one, index) => ({
    period: one.period || String(index + 1),
    from: one.from,
    to: one.to,
    subject: one.subject,
    teacher: one.teacher || "",
    when: one === now ? "now" : minutes(one.to) <= minute ? "past" : "",
  }));
  const widest = Math.max(2, ...rows.map((row) => widthOf(row.period)));
  byId("lessons").style.setProperty("--period", `${Math.min(5, widest) + 0.1}em`);
  if (rows.length === 0) rows.push({ empty: isToday ? "" : t("no-day") });
  const isNew = replace("lessons", rows, (row) => {
    if ("empty" in row) return tag("li", row.empty, "empty");
    const item = tag("li", "", row.when);
    const time = tag("span", row.from);
    time.append(tag("span", `–${row.to}`, "to"));
    item.append(tag("span", row.period), time, tag("span", row.subject), tag("span", row.teacher));
    return item;
  });
  if (isNew || hasChanged) fitBox(byId("lessons"), 0.75);
}

export function drawPeople(view, isJoining) {
  const roll = view.roll;
  show("roll", Boolean(roll) && !isJoining);
  put("due", roll ? String(roll.due) : "–");
  put("here", roll ? String(roll.here) : "–");
  put("absent", roll ? String(Math.max(0, roll.due - roll.here)) : "–");
  const isNewDuty = show("duty", view.duty.length > 0 && !isJoining);
  if (replace("duty-text", view.duty, (name) => tag("span", name)) || isNewDuty) fitBox(byId("duty-text"));
  const isNewNotice = show("notice", view.notices.length > 0);
  byId("board").classList.toggle("nobody", byId("roll").hidden && byId("duty").hidden);
  if (replace("notices", view.notices, (notice) => tag("li", notice)) || isNewNotice) fitBox(byId("notices"));
}

/** The way for phones to the open question. */
export function drawJoin(question, address) {
  const isOpening = show("join", Boolean(question));
  if (!question) return;
  if (isOpening) byId("qr").src = `/board/qr.svg?${Date.now()}`;
  const isNew = put("question", t("question", { number: question.number, kind: t(`kind-${question.kind}`) }));
  if (put("address", address) || isNew || isOpening) ["join-title", "question", "address"].forEach((id) => fitLine(byId(id)));
}

/** Whether the exam is on: on its day, until half an hour after its end. */
export function drawExam(view, seats) {
  const time = boxTime();
  const exam = view.exam;
  const minute = time === null ? 0 : minuteOf(time);
  const isOn =
    Boolean(exam) && time !== null && exam.date === dateText(time) && minute < minutes(exam.ends) + EXAM_STAYS_MIN;
  const isOpening = show("exam", isOn);
  if (!isOn) return;
  put("exam-name", exam.name || exam.subject);
  put("exam-room", exam.room);
  put("exam-subject", exam.subject);
  put("exam-time", `${exam.begins}–${exam.ends}`);
  const begins = Math.ceil(minutes(exam.begins) - minute);
  const left = Math.ceil(minutes(exam.ends) - minute);
  const over = left > 0 ? t("exam-left", { minutes: left }) : t("exam-over");
  put("exam-left", begins > 0 ? t("exam-before", { minutes: begins }) : over);
  const isNew = replace("seats", seats, (one) => {
    const item = tag("li", "");
    item.append(tag("b", one.seat));
    if (one.name) item.append(tag("span", one.name));
    return item;
  });
  if (isNew || isOpening) refitExam();
}

function refitExam() {
  document.querySelectorAll("#exam .fit").forEach(fitLine);
  fitBox(byId("seats"), 0.3);
}

export function drawEmergency(view) {
  const isOpening = show("emergency", view.emergency !== "");
  if (put("emergency-text", view.emergency) || isOpening) fitBox(byId("emergency-text"), 0.3);
}

/** After the window has changed its size, or the fonts have come. */
export function refitAll() {
  document.querySelectorAll(".fit").forEach(fitLine);
  fitBox(byId("lessons"), 0.75);
  ["duty-text", "notices"].forEach((id) => fitBox(byId(id)));
  ["seats", "emergency-text"].forEach((id) => fitBox(byId(id), 0.3));
}
