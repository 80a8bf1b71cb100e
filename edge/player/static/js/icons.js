/** Pictures on buttons, drawn here: the fonts of many a box have none for them. Chromium 92. */

const NAMESPACE = "http://www.w3.org/2000/svg";
const PATHS = {
  play: "M7 4v16l13-8z",
  pause: "M6 4h4v16H6zM14 4h4v16h-4z",
  sound: "M3 9v6h4l5 5V4L7 9zM15 8.5a4 4 0 0 1 0 7v-2.2a2 2 0 0 0 0-2.6zM15 4.2a8 8 0 0 1 0 15.6v-2.1a6 6 0 0 0 0-11.4z",
  muted: "M3 9v6h4l5 5V4L7 9zM14.3 8.7l1.4-1.4 2.3 2.3 2.3-2.3 1.4 1.4-2.3 2.3 2.3 2.3-1.4 1.4-2.3-2.3-2.3 2.3-1.4-1.4 2.3-2.3z",
  full: "M4 4h6v2H6v4H4zM14 4h6v6h-2V6h-4zM4 14h2v4h4v2H4zM18 14h2v6h-6v-2h4z",
};

/** Show the picture `name` on a button. */
export function setIcon(button, name) {
  if (button.dataset.icon === name) return;
  button.dataset.icon = name;
  const icon = document.createElementNS(NAMESPACE, "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(NAMESPACE, "path");
  path.setAttribute("d", PATHS[name]);
  icon.append(path);
  button.replaceChildren(icon);
}
