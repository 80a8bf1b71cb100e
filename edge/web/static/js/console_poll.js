/** Polls: ask, live bars, close, and who answered what (a teacher's alone). Chromium 92. */

import { make, post, t } from "./page.js";

const LETTERED = new Set(["single", "multiple"]);
const WITHOUT_ANSWER = new Set(["rush", "rollcall"]);
const MOST_BARS = 12;

const $ = (id) => document.getElementById(id);

export class Poll {
  constructor(attempt) {
    this.attempt = attempt;
    this.poll = null;
    this.named = 0;
    this.teams = "";
    if ($("poll-form")) this.addForm();
    if ($("poll-who")) $("poll-who").onclick = () => this.showNames();
  }

  addForm() {
    const form = $("poll-form");
    form.addEventListener("change", () => this.fitForm());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const kind = form.elements.kind.value;
      const choices = LETTERED.has(kind) ? Number($("poll-choices").value) : 0;
      const answer = WITHOUT_ANSWER.has(kind) ? "" : normalised(kind, $("poll-answer").value);
      const poll = { kind, choices, answer, text: $("poll-question").value };
      this.attempt(async () => {
        await post("/room/poll/open", { poll });
        $("poll-answer").value = $("poll-question").value = "";
      });
    });
    $("poll-close").onclick = () => this.attempt(() => post("/room/poll/close"));
    this.fitForm();
  }

  fitForm() {
    const kind = $("poll-form").elements.kind.value;
    $("poll-choices-label").hidden = !LETTERED.has(kind);
    $("poll-answer-label").hidden = WITHOUT_ANSWER.has(kind);
  }

  drawTeams(groups) {
    const shown = JSON.stringify(groups);
    if (shown === this.teams) return;
    this.teams = shown;
    $("teams").replaceChildren(...groups.map((team) => make("button", { type: "button", textContent: team, onclick: () => this.award(team) })));
  }

  award(team) {
    this.attempt(() => post("/room/poll/score", { team, points: 1 }), t("team-given", { team }));
  }

  async showNames() {
    await this.attempt(async () => {
      const answer = await fetch("/room/poll", { cache: "no-store" });
      const said = await answer.json();
      if (!answer.ok) throw new Error(said.reason);
      this.named = said.number;
      $("poll-names").replaceChildren(...said.given.map(named));
      $("poll-names").hidden = false;
    });
  }

  draw(status, isLive) {
    const isRunning = isLive && (status.state === "recording" || status.state === "paused");
    const poll = (isRunning && status.poll) || null;
    this.poll = poll;
    $("poll-shown").hidden = !poll;
    $("poll-none").hidden = Boolean(poll) || (isRunning && Boolean($("poll-form")));
    $("poll-none").textContent = t(isRunning ? "poll-nothing" : "poll-no-lesson");
    if ($("poll-form")) {
      $("poll-form").hidden = !isRunning || Boolean(poll && poll.is_open);
      const groups = status.groups || [];
      $("team-more").hidden = !isRunning || !groups.length;
      this.drawTeams(groups);
      $("poll-close").hidden = !poll || !poll.is_open;
    }
    if (!poll) return;
    if (poll.number !== this.named) $("poll-names").hidden = true;
    const state = t(poll.is_open ? "poll-open" : "poll-closed");
    $("poll-number").textContent = `${t("poll-number", { number: poll.number })} · ${t(`kind-${poll.kind}`)} · ${state}`;
    const key = poll.expected ? "poll-answered-of" : "poll-answered";
    $("poll-count").textContent = t(key, { count: poll.answered, expected: poll.expected });
    $("poll-text").textContent = poll.text;
    this.drawBars(poll);
  }

  drawBars(poll) {
    const list = $("poll-bars");
    const bars = WITHOUT_ANSWER.has(poll.kind) ? [] : Object.entries(poll.tally).slice(0, MOST_BARS);
    const most = Math.max(1, poll.expected, ...bars.map(([, count]) => count));
    while (list.children.length > bars.length) list.lastChild.remove();
    while (list.children.length < bars.length) list.append(make("li", {}, make("span"), make("i"), make("b")));
    bars.forEach(([text, count], at) => {
      const [label, bar, number] = list.children[at].children;
      const isRight = poll.answer !== "" && (poll.kind === "multiple" ? poll.answer.includes(text) : poll.answer === text);
      list.children[at].classList.toggle("right", isRight);
      label.textContent = labelOf(poll.kind, text) + (isRight ? " ✓" : "");
      bar.style.width = `${(count / most) * 100}%`;
      number.textContent = String(count);
    });
  }
}

function labelOf(kind, text) {
  if (kind === "truefalse") return t(text === "A" ? "poll-true" : "poll-false");
  return text;
}

/** The answer as students give it: letters in order; the box judges the rest. */
function normalised(kind, text) {
  if (kind === "number") return text.trim();
  const letters = text.toUpperCase().replaceAll("对", "A").replaceAll("错", "B").replace(/[^A-J]/g, "");
  return [...letters].sort().join("");
}

function named(answer, at) {
  const name = answer.name || t("name-unknown");
  return make("li", {}, make("b", { textContent: `${at + 1}. ${name} ` }), make("span", { textContent: answer.text }));
}
