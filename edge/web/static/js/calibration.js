/** The calibration as it is now, once a second while the page is seen. Chromium 92. */

import { make, t } from "./page.js";

const PERIOD_MS = 1000;
const LONGEST_MS = 4000;
const SIGNS = { good: "✓", acceptable: "!", bad: "✗" };

const $ = (id) => document.getElementById(id);
let pictureUrl = "";

/** The view as it is now, null where nothing is calibrated. Throws where the box does not answer in time. */
async function fetchView() {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), LONGEST_MS);
  try {
    const answer = await fetch("/calibration/view", { cache: "no-store", signal: control.signal });
    if (answer.status === 401) location.reload();
    if (answer.status === 204) return null;
    if (!answer.ok) throw new Error(answer.statusText);
    return await answer.json();
  } finally {
    clearTimeout(timer);
  }
}

function showPicture(base64) {
  const before = pictureUrl;
  pictureUrl = "";
  if (base64) {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    pictureUrl = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
    $("picture").src = pictureUrl;
  } else {
    $("picture").removeAttribute("src");
  }
  $("picture").hidden = !base64;
  if (before) URL.revokeObjectURL(before);
}

function figureRow({ name, device, text, verdict }) {
  const row = make("tr", { className: verdict });
  row.append(make("th", { scope: "row" }, name, ...(device ? [make("small", { textContent: device })] : [])));
  const sign = SIGNS[verdict] ? `${SIGNS[verdict]} ` : "";
  row.append(make("td", { textContent: sign + text }));
  return row;
}

function show(view) {
  $("none").hidden = Boolean(view);
  $("step").hidden = !view;
  if (!view) {
    $("title").textContent = t("title");
    showPicture("");
    return;
  }
  $("title").textContent = view.title || t("title");
  $("request").textContent = view.request;
  showPicture(view.picture);
  $("figures").tBodies[0].replaceChildren(...view.figures.map(figureRow));
}

async function follow() {
  const begunMs = Date.now();
  if (!document.hidden) {
    try {
      show(await fetchView());
      $("away").hidden = true;
    } catch {
      // What was shown is no picture of now.
      showPicture("");
      $("away").hidden = false;
    }
  }
  setTimeout(follow, Math.max(200, PERIOD_MS - (Date.now() - begunMs)));
}

follow();
