/** The keyboard: what each key does, and the list of them. Chromium 92. */

import { button, make, t } from "./dom.js";

/** `acts` are rows of [keys, word, act]; an act is told the key. Whoever calls what is returned sees the list. */
export function useKeys(acts, root) {
  const rows = acts.map(([keys, word]) => make("tr", {}, make("td", {}, ...kbds(keys)), make("td", { textContent: t(word) })));
  const title = make("h2", { id: "keys-title", textContent: t("keys") });
  const list = make("table", {}, make("tbody", {}, ...rows));
  const dialog = make("dialog", { id: "keys" }, title, list);
  dialog.setAttribute("aria-labelledby", "keys-title");
  dialog.append(button(t("close"), () => dialog.close()));
  root.append(dialog);
  const byKey = new Map(acts.flatMap(([keys, , act]) => keys.map((key) => [key, act])));
  addEventListener("keydown", (event) => {
    const act = byKey.get(event.key);
    if (!act || dialog.open || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
    event.preventDefault();
    act(event.key);
  });
  return () => dialog.showModal();
}

const SHOWN = { " ": "␣", ArrowLeft: "←", ArrowRight: "→" };

function kbds(keys) {
  return keys.flatMap((key, at) => [at > 0 ? " " : "", make("kbd", { textContent: SHOWN[key] || key })]);
}

/** Whether what has the focus has a use of its own for the key. */
function isTaken({ key, target }) {
  if (/^(SELECT|TEXTAREA)$/.test(target.tagName) || (target.tagName === "INPUT" && target.type !== "range")) return true;
  if (/^(BUTTON|A|SUMMARY)$/.test(target.tagName)) return key === " " || key === "Enter";
  return false;
}
