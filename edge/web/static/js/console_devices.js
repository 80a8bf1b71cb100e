/** Devices with what to do about them, warnings, and facts about the box. Chromium 92. */

import { make, t } from "./page.js";

const $ = (id) => document.getElementById(id);

/** Put `texts` into a list, without touching it where they are there already (a screen reader would read it again). */
function fill(list, texts) {
  const shown = [...list.children].map((item) => item.textContent);
  if (shown.length === texts.length && shown.every((text, at) => text === texts[at])) return;
  list.replaceChildren(...texts.map((text) => make("li", { textContent: text })));
}

export class Devices {
  constructor() {
    this.drawn = "";
  }

  draw(status, isLive) {
    const devices = Object.values((isLive && status.devices) || {});
    const ill = devices.filter((device) => !device.good);
    const warnings = ill.map(({ name, text, state }) => t("warning-of", { name, text: text || state }));
    fill($("warnings"), [...((isLive && status.warnings) || []), ...warnings]);
    fill($("facts"), Object.values((isLive && status.facts) || {}));
    const good = devices.length - ill.length;
    $("devices-count").textContent = devices.length ? t("devices-good", { good, all: devices.length }) : "";
    const drawn = JSON.stringify(devices);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    $("devices").replaceChildren(...devices.map(item));
  }
}

function item(device) {
  const words = make("p", {}, make("b", { textContent: device.name }), make("span", { textContent: device.state }));
  const li = make("li", { className: device.good ? "good" : "ill" }, words);
  if (device.text) li.append(make("p", { className: "dim", textContent: device.text }));
  return li;
}
