/** The list of a room's lessons: shown at once, searched in the browser, opened in the player. Chromium 92. */

import { groupOf, readIndex } from "./list_index.js";
import { TEXTS } from "./list_texts.js";

const byId = (id) => document.getElementById(id);
const FIELDS = ["q", "subject", "class", "teacher", "month"];
const AT_ONCE = 48;
const TYPING_MS = 250;

let language = "zh-CN";
let index = null;
let formats = null;
let search = null; // the running search: {found: iterator, shown, isOver}
let typing = 0;

const say = (key, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), TEXTS[language][key]);

function make(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function chooseLanguage() {
  const asked = new URLSearchParams(location.search).get("lang") || remembered();
  language = asked in TEXTS ? asked : navigator.language.startsWith("en") ? "en" : "zh-CN";
}

function remembered() {
  try {
    return localStorage.getItem("lang") || "";
  } catch {
    return "";
  }
}

function showTexts() {
  document.documentElement.lang = language;
  for (const place of document.querySelectorAll("[data-text]")) place.textContent = say(place.dataset.text);
  for (const place of document.querySelectorAll("[data-hint]")) place.placeholder = say(place.dataset.hint);
  byId("language").lang = language === "en" ? "zh-CN" : "en";
  document.title = index ? `${say("title")} · ${index.roomName}` : say("title");
}

function showChoices() {
  useFormats();
  const locale = new Intl.Collator(language);
  for (const kind of ["subject", "class", "teacher"]) {
    fill(kind, [...index.names[kind]].sort(locale.compare).map((name) => [name, name]));
  }
  const counts = new Map();
  for (const { month, lessons } of index.months) counts.set(groupOf(month), (counts.get(groupOf(month)) || 0) + lessons);
  fill("month", [...counts].map(([month, lessons]) => [month, `${monthName(month)} (${lessons})`]));
}

function fill(id, options) {
  const kept = byId(id).value;
  byId(id).replaceChildren(...[["", say("any")], ...options].map(([value, text]) => {
    const option = make("option", "", text);
    option.value = value;
    return option;
  }));
  byId(id).value = kept;
  if (byId(id).selectedIndex < 0) byId(id).value = "";
  // Nothing to choose from is nothing to look at.
  byId(id).parentElement.hidden = !options.length;
}

/** How months and times are written in this language; making one costs more than a lesson's card. */
function useFormats() {
  formats = {
    month: new Intl.DateTimeFormat(language, { timeZone: "UTC", year: "numeric", month: "long" }),
    time: new Intl.DateTimeFormat(language, {
      timeZone: index.zone, month: "short", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    }),
    number: new Intl.NumberFormat(language),
  };
}

function monthName(month) {
  return month === "undated" ? say("undated") : formats.month.format(new Date(`${month}-15T00:00:00Z`));
}

function when(lesson) {
  return lesson.began ? formats.time.format(new Date(lesson.began)) : "";
}

function card(lesson) {
  const item = make("li"), poster = make("div", "poster", lesson.subject.slice(0, 4));
  poster.setAttribute("aria-hidden", "true");
  const folder = encodeURIComponent(lesson.folder);
  if (lesson.poster) {
    const picture = make("img");
    picture.loading = "lazy";
    picture.alt = "";
    picture.addEventListener("error", () => picture.remove());
    picture.src = `../${folder}/${encodeURIComponent(lesson.poster)}`;
    poster.append(picture);
  }
  poster.append(make("span", "length", say("minutes", { minutes: Math.max(1, Math.round(lesson.length_s / 60)) })));
  const title = lesson.title || (lesson.began ? say("untitled", { when: when(lesson) }) : say("untitled-undated"));
  const name = make(lesson.playable ? "a" : "span", "name", title);
  if (lesson.playable) name.href = `player.html?lesson=../${folder}&lang=${language}&list=1`;
  const about = make("div", "about");
  about.append(name);
  const who = [lesson.class_name, lesson.teacher].filter((one) => one && !title.includes(one));
  const more = [
    ...who, ...(lesson.chapters ? [say("chapters")] : []), ...(lesson.screen_text ? [say("screen-text")] : []),
    ...(lesson.playable ? [] : [say("not-playable")]),
  ].join(" · ");
  const date = lesson.title ? when(lesson) : "";
  for (const line of [date, more]) if (line) about.append(make("span", "dim", line));
  if (lesson.recording === "bad") about.append(make("span", "bad", say("bad")));
  item.append(poster, about);
  return item;
}

function show(lesson) {
  const month = index.monthOf(lesson);
  let group = byId("list").lastElementChild;
  if (!group || group.dataset.month !== month) {
    group = make("section");
    group.dataset.month = month;
    const heading = make("h2", "", monthName(month));
    heading.id = `month-${month}`;
    group.setAttribute("aria-labelledby", heading.id);
    group.append(heading, make("ul", "lessons"));
    byId("list").append(group);
  }
  group.lastElementChild.append(card(lesson));
}

function filter() {
  return Object.fromEntries(FIELDS.map((id) => [id, byId(id).value.trim()]));
}

/** Begin to search anew; the address says what for, so that one can come back to it. */
function begin() {
  const wanted = filter(), isFiltered = FIELDS.some((id) => wanted[id]);
  byId("clear").hidden = !isFiltered;
  const kept = new URLSearchParams(FIELDS.filter((id) => wanted[id]).map((id) => [id, wanted[id]]));
  if (new URLSearchParams(location.search).has("lang")) kept.set("lang", language);
  history.replaceState(null, "", `${location.pathname}${kept.toString() ? `?${kept}` : ""}`);
  search = { found: index.find(wanted), shown: 0, isOver: false, isFiltered, isWorking: false };
  byId("list").replaceChildren();
  return showMore();
}

async function showMore() {
  const mine = search;
  if (mine.isWorking || mine.isOver) return;
  mine.isWorking = true;
  byId("problem").hidden = true;
  const until = mine.shown + AT_ONCE;
  try {
    while (mine.shown < until) {
      const { value, done } = await mine.found.next();
      if (search !== mine) return;
      mine.isOver = done;
      if (done) break;
      if (value.lesson) {
        show(value.lesson);
        mine.shown++;
      } else count(mine, value);
    }
    count(mine, null);
  } catch {
    // A generator that has thrown is over: what is shown is found again without asking, and then what is missing.
    if (search === mine) byId("problem").hidden = false;
  } finally {
    mine.isWorking = false;
    if (search === mine) byId("more").hidden = mine.isOver || !byId("problem").hidden;
  }
}

function count(mine, progress) {
  const number = (value) => formats.number.format(value);
  if (!mine.isFiltered) byId("count").textContent = index.count ? say("total", { count: number(index.count) }) : say("none");
  else if (progress && progress.done < progress.of) {
    byId("count").textContent = say("searching", { count: number(mine.shown), done: progress.done, months: progress.of });
  } else if (mine.isOver) byId("count").textContent = mine.shown ? say("matches", { count: number(mine.shown) }) : say("no-match");
  else byId("count").textContent = say("matches", { count: `${number(mine.shown)}+` });
}

async function start() {
  byId("problem").hidden = true;
  try {
    index = await readIndex();
  } catch {
    byId("problem").hidden = false;
    return;
  }
  byId("room").textContent = index.roomName;
  showTexts();
  showChoices();
  const asked = new URLSearchParams(location.search);
  for (const id of FIELDS) if (asked.has(id)) byId(id).value = asked.get(id);
  for (const id of FIELDS) if (byId(id).selectedIndex === -1) byId(id).value = "";
  await begin();
  performance.mark("listed");
}

chooseLanguage();
showTexts();
byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  if (index) begin();
});
byId("q").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => index && begin(), TYPING_MS);
});
for (const id of FIELDS.slice(1)) byId(id).addEventListener("change", () => index && begin());
byId("clear").addEventListener("click", () => {
  for (const id of FIELDS) byId(id).value = "";
  byId("q").focus();
  begin();
});
byId("language").addEventListener("click", () => {
  language = language === "en" ? "zh-CN" : "en";
  try {
    localStorage.setItem("lang", language);
  } catch {
    // It is asked for again next time.
  }
  const asked = new URLSearchParams(location.search);
  asked.set("lang", language);
  history.replaceState(null, "", `?${asked}`);
  showTexts();
  if (!index) return;
  showChoices();
  begin();
});
byId("more").addEventListener("click", showMore);
byId("again").addEventListener("click", () => (index ? begin() : start()));
new IntersectionObserver((seen) => {
  if (seen.some((one) => one.isIntersecting)) showMore();
}, { rootMargin: "600px" }).observe(byId("more"));
start();
