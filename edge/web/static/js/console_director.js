/** Who cuts the programme: shown to everybody, chosen by who may. Chromium 92. */

import { post, t } from "./page.js";

const $ = (id) => document.getElementById(id);

export class Director {
  constructor(attempt) {
    this.modes = [...$("director").querySelectorAll("input")];
    this.mode = "";
    this.offer = $("director-offer");
    if (this.offer) $("director-take").onclick = () => attempt(() => post("/room/director/cut", { role: "" }));
    for (const input of this.modes) {
      input.onchange = async () => {
        if (!(await attempt(() => post("/room/director/mode", { mode: input.value })))) this.check();
      };
    }
  }

  check() {
    for (const input of this.modes) input.checked = input.value === this.mode;
  }

  draw(status, isLive) {
    const director = isLive && status.director;
    $("director").hidden = !director;
    $("director-says").textContent = director ? director.says : "";
    if (this.offer) {
      this.offer.hidden = !director || !director.offers;
      this.offer.firstElementChild.textContent = director ? director.offers : "";
    }
    const mode = director ? director.mode : "";
    if (mode === this.mode) return;
    this.mode = mode;
    this.check();
    if ($("director-mode") && mode) $("director-mode").textContent = t(`director-${mode}`);
  }
}
