/** Stills of the cameras, one a second while the page is seen, and the microphones' levels. Chromium 92. */

import { make, post, t } from "./page.js";

const PERIOD_MS = 1000;
const OLD_MS = 4000;
const FLOOR_DB = -60;

const $ = (id) => document.getElementById(id);

class View {
  constructor(role, name, press, enlarge) {
    this.role = role;
    this.name = name;
    this.url = "";
    this.picture = make("img", { alt: t("view-of", { name }), hidden: true });
    this.none = make("p", { className: "none", textContent: t("view-none") });
    this.age = make("span");
    this.tag = make("span", { className: "tag", hidden: true });
    this.button = make(
      "button",
      { type: "button", className: "still", onclick: () => press(this) },
      this.picture,
      this.none,
      make("span", { className: "caption" }, make("b", { textContent: name }), this.tag, this.age),
    );
    this.more = make("button", { type: "button", className: "more", textContent: "⤢", hidden: true });
    this.more.onclick = () => enlarge(this);
    this.more.setAttribute("aria-label", t("view-enlarge", { name }));
    this.box = make("div", { className: "view" }, this.button, this.more);
  }

  /** Its part in the programme: on air, proposed, or neither; and whether a press puts it on air. */
  place(isOnAir, isProposed, canCut) {
    this.box.classList.toggle("on-air", isOnAir);
    this.box.classList.toggle("proposed", isProposed && !isOnAir);
    this.tag.hidden = !isOnAir && !isProposed;
    this.tag.textContent = isOnAir ? t("on-air") : t("proposed");
    this.more.hidden = !canCut;
    if (canCut) this.button.title = t("cut-to", { name: this.name });
    else this.button.removeAttribute("title");
  }

  async fetch() {
    // What does not come is no picture of now, and a network that is lost does not say so.
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), OLD_MS);
    try {
      const answer = await fetch(`/stills/${this.role}`, { cache: "no-store", signal: control.signal });
      if (answer.status === 200) this.show(await answer.blob(), Number(answer.headers.get("X-Still-Age-Ms")));
      else this.show(null, 0);
    } finally {
      clearTimeout(timer);
    }
  }

  show(blob, ageMs) {
    const before = this.url;
    this.url = blob ? URL.createObjectURL(blob) : "";
    this.picture.hidden = !blob;
    this.none.hidden = Boolean(blob);
    if (blob) this.picture.src = this.url;
    else this.picture.removeAttribute("src");
    this.age.textContent = ageMs > OLD_MS ? t("view-age", { seconds: Math.round(ageMs / 1000) }) : "";
    if (before) URL.revokeObjectURL(before);
  }
}

/** Asking is what keeps the stills coming, so that a page that nobody sees does not ask. */
export class Stills {
  constructor(room, attempt) {
    this.canCut = false;
    this.mayCut = room.canCut;
    const enlarge = (view) => this.enlarge(view);
    const press = (view) => {
      if (this.canCut) attempt(() => post("/room/director/cut", { role: view.role }));
      else enlarge(view);
    };
    this.views = room.cameras.map(([role, name]) => new View(role, name, press, enlarge));
    $("views").append(...this.views.map((view) => view.box));
    this.levels = new Map();
    for (const [role, name] of room.microphones) this.addMeter(role, name);
    this.isPaused = false;
    this.large = null;
    $("large-close").onclick = () => $("large").close();
    $("large").addEventListener("close", () => {
      this.large = null;
    });
    this.fetchAll();
  }

  async fetchAll() {
    const begunMs = Date.now();
    if (!document.hidden) {
      await Promise.all(this.views.map((view) => view.fetch().catch(() => view.show(null, 0))));
      if (this.large && this.large.url) $("large-picture").src = this.large.url;
      else if (this.large) $("large").close();
    }
    setTimeout(() => this.fetchAll(), Math.max(200, PERIOD_MS - (Date.now() - begunMs)));
  }

  enlarge(view) {
    if (!view.url) return;
    this.large = view;
    $("large-picture").src = view.url;
    $("large-picture").alt = view.picture.alt;
    $("large").showModal();
  }

  addMeter(role, name) {
    const meter = make("meter", { min: FLOOR_DB, max: 0, low: -50, high: -6, optimum: -20, value: FLOOR_DB });
    meter.setAttribute("aria-label", name);
    const value = make("span", { className: "dim", textContent: t("meter-none") });
    $("meters").append(make("p", {}, make("span", { textContent: name }), meter, value));
    this.levels.set(role, { meter, value });
  }

  draw(status, isLive) {
    this.isPaused = status.state === "paused";
    for (const view of this.views) view.none.textContent = t(this.isPaused ? "view-paused" : "view-none");
    if (this.isPaused && $("large").open) $("large").close();
    const director = (isLive && status.director) || { on_air: "", proposed: "" };
    this.canCut = Boolean(this.mayCut && isLive && status.director) && !this.isPaused;
    for (const view of this.views) {
      view.place(director.on_air === view.role, director.proposed === view.role, this.canCut);
    }
    $("watched").textContent = isLive && status.watched ? t("watched", { count: status.watched }) : "";
    const meters = (isLive && status.meters) || {};
    for (const [role, { meter, value }] of this.levels) {
      const level = meters[role];
      meter.value = level === undefined ? FLOOR_DB : Math.max(FLOOR_DB, level);
      value.textContent = level === undefined ? t("meter-none") : t("dbfs", { level });
    }
  }
}
