/**
 * The player as a page of its own: `player.html?lesson=<relative path of the lesson's folder>&lang=en#t=61`, with `&list=1`
 * where it was opened from a list of lessons beside it. Chromium 92.
 */

import { make, t, useWords } from "./dom.js";
import { mountPlayer } from "./player.js";

const query = new URLSearchParams(location.search);
const $ = (id) => document.getElementById(id);

function language() {
  return /^en/i.test(query.get("lang") || "") ? "en" : "zh-CN";
}

/** A link to the same page in the other language. */
function offerLanguage(lang) {
  const other = lang === "en" ? "zh-CN" : "en";
  const address = new URL(location.href);
  address.searchParams.set("lang", other);
  const link = make("a", { id: "language", href: address.href, lang: other, hreflang: other });
  link.textContent = other === "en" ? "English" : "中文";
  $("title").after(link);
}

/** A link to the list of lessons, for who has come from there. */
function offerList(lang) {
  if (!query.has("list")) return;
  const link = make("a", { id: "all-lessons", href: `index.html?lang=${lang}` });
  link.textContent = t("all-lessons");
  $("title").before(link);
}

/** The lesson's folder: beside this page or above it, never on another server. */
function lessonFolder() {
  const path = query.get("lesson");
  if (!path) return null;
  const folder = new URL(path.replace(/\/?$/, "/"), location.href);
  return folder.origin === location.origin && folder.protocol === location.protocol ? folder : null;
}

function problem(text) {
  $("problem").hidden = false;
  $("problem").textContent = text;
}

async function fetchJson(url) {
  const answer = await fetch(url, { cache: "no-cache" });
  if (!answer.ok) throw Object.assign(new Error(answer.statusText), { status: answer.status });
  return answer.json();
}

function dateText(began) {
  const date = new Date(began);
  const options = { dateStyle: "medium", timeStyle: "short" };
  return began && !Number.isNaN(date.getTime()) ? date.toLocaleString(document.documentElement.lang, options) : "";
}

async function begin() {
  const lang = language();
  document.documentElement.lang = lang;
  useWords(await fetchJson(new URL(`../words/${lang}.json`, import.meta.url)));
  offerLanguage(lang);
  offerList(lang);
  const folder = lessonFolder();
  if (!folder) return problem(t("no-lesson"));
  let manifest;
  try {
    manifest = await fetchJson(new URL("player.json", folder));
  } catch (error) {
    return problem(t(error.status ? "not-found" : error instanceof SyntaxError ? "manifest-damaged" : "no-network"));
  }
  if (manifest.format !== 1 || !Array.isArray(manifest.pictures)) return problem(t("manifest-new"));
  document.title = manifest.title || t("untitled");
  $("title").textContent = document.title;
  const about = [manifest.school, manifest.room_name || manifest.room, manifest.class_name, manifest.teacher, dateText(manifest.began)];
  $("about").replaceChildren(...about.filter(Boolean).map((text) => make("span", { textContent: text })));
  const playback = mountPlayer($("player"), manifest, folder);
  const [, from] = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash) || [];
  if (playback && from) playback.seek(Number(from));
  return undefined;
}

// Without its words the page has none but these.
begin().catch(() => problem("网络不通，请检查后刷新本页。 No network: check it and reload this page."));
