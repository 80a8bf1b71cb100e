/** The students' page: join for a seat, answer the open question, hear whether the answer counts. Chromium 80. */

import { t } from "./page.js";
import { followRoom } from "./room.js";

const LETTERS = "ABCDEFGHIJ";
const FIRST_COUNTS = ["rush", "rollcall"];
const SEAT = "seat";

const byId = (id) => document.getElementById(id);

let joined = null; // null: not known yet
let counted = false;
let question = null;
let chosen = "";

/** GET, or POST where there is a body: what the box says of this phone, or null where it cannot be reached. */
async function ask(path, body) {
  const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  try {
    const answer = await fetch(`/s/${path}`, body ? post : {});
    if (answer.status === 429) return say("bad", t("too-fast"));
    const said = await answer.json();
    // The box's controller is away.
    if (typeof said.joined !== "boolean") return say("bad", t("no-box"));
    joined = said.joined;
    counted = said.counted;
    if (said.reason) say("bad", t(`refused-${said.reason}`));
    return said;
  } catch {
    return say("bad", t("no-box"));
  }
}

function say(kind, text) {
  byId("said").className = kind;
  byId("said").textContent = text;
  return null;
}

function remember(seat) {
  try {
    localStorage.setItem(SEAT, seat);
  } catch {
    // It is typed again the next time.
  }
}

function remembered() {
  try {
    return localStorage.getItem(SEAT) || "";
  } catch {
    return "";
  }
}

function draw() {
  byId("join").hidden = joined !== false;
  byId("waiting").hidden = !joined || question !== null;
  byId("answer").hidden = !joined || question === null;
  byId("who").textContent = joined && remembered() ? t("as", { seat: remembered() }) : "";
  byId("title").textContent =
    joined && question ? t("question", { number: question.number, kind: t(`kind-${question.kind}`) }) : t("title");
  if (!joined || !question) return;
  for (const button of byId("choices").children) {
    button.setAttribute("aria-pressed", String(chosen.includes(button.dataset.value)));
    button.disabled = counted && isFirstOnly();
  }
  if (counted) say("ok", isFirstOnly() ? t("counted") : t("counted-change"));
}

function isFirstOnly() {
  return FIRST_COUNTS.includes(question.kind);
}

/** The buttons of the question: their labels, and what each answers. */
function buttonsOf(asked) {
  if (asked.kind === "rush") return [[t("rush"), "A"]];
  if (asked.kind === "rollcall") return [[t("here"), "A"]];
  if (asked.kind === "truefalse") return [[t("true"), "A"], [t("false"), "B"]];
  return LETTERS.slice(0, asked.choices).split("").map((letter) => [letter, letter]);
}

function drawQuestion() {
  const choices = byId("choices");
  while (choices.firstChild) choices.firstChild.remove();
  chosen = "";
  byId("value").value = "";
  say("", "");
  if (!question) return;
  byId("number").hidden = question.kind !== "number";
  byId("send").hidden = question.kind !== "number" && question.kind !== "multiple";
  const buttons = question.kind === "number" ? [] : buttonsOf(question);
  choices.className = `${buttons.length < 3 ? "one" : ""} ${question.choices && question.kind !== "truefalse" ? "" : "words"}`;
  for (const [label, value] of buttons) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.dataset.value = value;
    button.addEventListener("click", () => press(value));
    choices.append(button);
  }
}

function press(value) {
  if (question.kind === "multiple") {
    chosen = chosen.includes(value) ? chosen.replace(value, "") : chosen + value;
    counted = false;
    say("", "");
    draw();
    return;
  }
  send(value);
}

async function send(value) {
  const number = question.number;
  const before = chosen;
  chosen = value;
  say("", "");
  draw();
  const said = await ask("answer", { number, answer: value });
  if (!said || said.reason) chosen = before;
  draw();
}

async function takeQuestion(now) {
  const before = question;
  question = now || null;
  if (JSON.stringify(before) === JSON.stringify(question)) return;
  counted = false;
  drawQuestion();
  draw();
  if (question) await ask("state");
  draw();
}

byId("join").addEventListener("submit", async (event) => {
  event.preventDefault();
  const seat = byId("seat").value.trim();
  if (!seat) return;
  say("", "");
  const said = await ask("join", { seat });
  if (said && said.joined) remember(seat);
  draw();
});

byId("answer").addEventListener("submit", (event) => {
  event.preventDefault();
  const value = question.kind === "number" ? byId("value").value.trim() : chosen.split("").sort().join("");
  if (value) send(value);
});

byId("seat").value = remembered();
ask("state").then(draw);
followRoom("/s/events", {
  onStatus: (status) => takeQuestion(status.question),
  onLink(link) {
    if (!link.box || !link.controller) say("bad", t("no-box"));
    else {
      say("", "");
      ask("state").then(draw);
    }
  },
});
