/** How the pictures lie on the stage, and which: one, side by side, one in the other's corner, all. Chromium 92. */

import { button, roleName, t } from "./dom.js";

const KEPT = "lesson-player";
const PROGRAMME = "programme";

/** What this browser was told the last time: `{layout, roles, rate}`; nothing where it may keep nothing. */
export function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) || {};
  } catch {
    return {};
  }
}

export function keep(values) {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ ...kept(), ...values }));
  } catch {
    // A browser that keeps nothing plays all the same.
  }
}

export class Layouts {
  constructor(playback, bar) {
    this.playback = playback;
    this.all = playback.lesson.pictures.map(({ role }) => role);
    const cameras = this.all.filter((role) => role !== PROGRAMME);
    // The programme of a single camera is that camera.
    this.cameras = cameras.length > 0 ? cameras : this.all;
    this.offered = cameras.length > 1 ? this.all : this.all.slice(0, 1);
    this.buttons = new Map();
    for (const role of this.offered) this.add(bar, `role:${role}`, roleName(role), () => this.choose(role));
    if (this.cameras.length > 1) {
      this.add(bar, "side", t("layout-side"), () => this.arrange("side"));
      this.add(bar, "inset", t("layout-inset"), () => this.arrange("inset"));
      if (this.cameras.length > 2) this.add(bar, "grid", t("layout-grid"), () => this.arrange("grid"));
      this.exchangeButton = button(t("exchange"), () => this.exchange(), { className: "exchange" });
      bar.append(this.exchangeButton);
    }
    bar.hidden = this.offered.length < 2;
    this.restore();
  }

  add(bar, name, text, onclick) {
    const made = button(text, onclick);
    this.buttons.set(name, made);
    bar.append(made);
  }

  restore() {
    const { layout, roles } = kept();
    const isThere = Array.isArray(roles) && roles.length > 0 && roles.every((role) => this.offered.includes(role));
    const isOne = layout === "single" || !this.buttons.has(layout);
    if (!isThere) this.show("single", this.offered.slice(0, 1));
    else if (isOne) this.show("single", roles.slice(0, 1));
    else this.show(layout, layout === "grid" ? [...new Set([...roles, ...this.cameras])] : roles.slice(0, 2));
  }

  show(layout, roles) {
    this.layout = layout;
    this.roles = roles;
    const { playback } = this;
    playback.show(roles);
    roles.forEach((role, at) => {
      const { box } = playback.views.get(role);
      box.style.order = at;
      box.dataset.place = at;
      box.onclick = () => (at === 0 ? playback.toggle() : this.exchange(role));
    });
    playback.stage.className = layout;
    playback.stage.dataset.count = roles.length;
    for (const [name, one] of this.buttons) {
      one.setAttribute("aria-pressed", String(name === layout || (name.startsWith("role:") && roles.includes(name.slice(5)))));
    }
    if (this.exchangeButton) this.exchangeButton.hidden = layout === "single";
    keep({ layout, roles });
  }

  /** A role's picture: alone, or in the first place of those that are shown. */
  choose(role) {
    if (this.layout === "single") this.show("single", [role]);
    else if (this.roles.includes(role)) this.exchange(role);
    else this.show(this.layout, [role, ...this.roles.slice(0, this.layout === "grid" ? undefined : 1)]);
  }

  /** As if the button with this index were pressed. */
  press(index) {
    [...this.buttons.values()][index].click();
  }

  /** The layout that was pressed; pressed again, the first picture alone. */
  arrange(layout) {
    if (layout === this.layout) {
      this.show("single", this.roles.slice(0, 1));
    } else if (layout === "grid") {
      this.show(layout, this.cameras);
    } else {
      const [first = PROGRAMME, second] = this.roles;
      const pair = this.roles.length === 1 && first !== PROGRAMME ? [first] : second ? [first, second] : [];
      this.show(layout, [...new Set([...pair, ...this.cameras])].slice(0, 2));
    }
  }

  /** The role, by default the second one, changes places with the first. */
  exchange(role = this.roles[1]) {
    const [first] = this.roles;
    if (!role || role === first) return;
    this.show(this.layout, this.roles.map((one) => (one === role ? first : one === first ? role : one)));
  }
}
