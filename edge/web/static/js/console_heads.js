/** Camera heads: presets by a press, driving while a button is held. Chromium 92. */

import { make, post, t } from "./page.js";
import { onPress } from "./hold.js";

// A head stops by itself where a drive is not renewed within 2 s: a phone may lose its network while it is held.
const RENEW_MS = 700;
const SPEED = 0.4;
const DRIVES = [
  ["head-up", { tilt: SPEED }, "▲"],
  ["head-left", { pan: -SPEED }, "◀"],
  ["head-right", { pan: SPEED }, "▶"],
  ["head-down", { tilt: -SPEED }, "▼"],
  ["head-in", { zoom: SPEED }, "＋"],
  ["head-out", { zoom: -SPEED }, "－"],
];

export class Heads {
  constructor(room, attempt) {
    this.heads = new Map();
    for (const [role, name, presets] of room.heads) this.add(role, name, presets, attempt);
  }

  add(role, name, presets, attempt) {
    const state = make("span", { className: "dim" });
    const recalls = presets.map((preset) =>
      make("button", {
        type: "button",
        textContent: preset,
        onclick: () => attempt(() => post("/room/head/recall", { role, preset })),
      }),
    );
    const drives = DRIVES.map(([label, speeds, sign]) => {
      const button = make("button", { type: "button", className: label, textContent: sign });
      button.setAttribute("aria-label", `${name} ${t(label)}`);
      let timer = 0;
      // One after the other: a stop that overtook a drive would leave the head turning.
      let last = Promise.resolve();
      let waiting = 0;
      const send = (act, body = {}) => {
        waiting += 1;
        last = last.then(() => attempt(() => post(`/room/head/${act}`, { role, ...body })));
        last.then(() => (waiting -= 1));
      };
      const drive = () => waiting || send("drive", speeds);
      onPress(
        button,
        () => {
          drive();
          timer = setInterval(drive, RENEW_MS);
        },
        () => {
          clearInterval(timer);
          send("stop");
        },
      );
      return button;
    });
    const title = make("h3", { textContent: `${name} ` }, state);
    const box = make("div", { className: "head" }, title, make("div", { className: "presets" }, ...recalls));
    box.append(make("div", { className: "drives" }, ...drives));
    document.getElementById("heads").append(box);
    this.heads.set(role, { presets, state, recalls, buttons: [...recalls, ...drives] });
  }

  draw(status, isLive) {
    for (const [role, { presets, state, recalls, buttons }] of this.heads) {
      const head = (isLive && status.heads && status.heads[role]) || { good: false, preset: "", moving: false, text: "" };
      state.textContent = head.moving ? t("head-moving") : head.good ? "" : head.text || t("head-missing");
      recalls.forEach((button, at) => button.setAttribute("aria-pressed", String(presets[at] === head.preset)));
      for (const button of buttons) button.disabled = !head.good;
    }
  }
}
