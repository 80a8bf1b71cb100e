/** Elements, words and times, as all modules of the player make them. Chromium 92. */

let words = {};

/** Say everything in these words from now on: texts by name. */
export function useWords(table) {
  words = table;
}

/** The text `name` with its `{placeholders}` filled from `values`. */
export function t(name, values = {}) {
  return (words[name] || name).replace(/\{(\w+)\}/g, (_, key) => (key in values ? values[key] : ""));
}

/** The text for a camera's role; a role without one is called what it is called. */
export function roleName(role) {
  return words[`role-${role}`] || role;
}

/** An element with properties, and children (elements or text). */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** A button with a text; `label` says it to those who do not see it. */
export function button(text, onclick, properties = {}, label = "") {
  const made = make("button", { type: "button", textContent: text, onclick, ...properties });
  if (label) {
    made.setAttribute("aria-label", label);
    made.title = label;
  }
  return made;
}

/** Set those properties that differ, so that nothing is drawn or read aloud anew without a reason. */
export function set(element, properties) {
  for (const [name, value] of Object.entries(properties)) if (element[name] !== value) element[name] = value;
}

/** Seconds as 04:05, or 1:04:05. */
export function clockText(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const two = (number) => String(number).padStart(2, "0");
  const minutes = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${minutes}` : minutes;
}

export function clamp(value, least, most) {
  return Math.max(least, Math.min(most, value));
}
