/** What every page's script needs: its words, and requests to the box. Chromium 80. */

/** The JSON of the page's `<script type="application/json" id="…">`. */
export function data(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

const words = document.getElementById("words") ? data("words") : {};

/** The message `name` with its `{placeholders}` filled from `values`. */
export function t(name, values = {}) {
  return (words[name] || name).replace(/\{(\w+)\}/g, (_, key) => (key in values ? values[key] : ""));
}

/** POST `body` as JSON with the page's CSRF token; the answer's JSON. Throws an Error whose message is a sentence. */
export async function post(url, body = {}, method = "POST") {
  const token = document.querySelector('meta[name="csrf-token"]');
  const headers = { "Content-Type": "application/json" };
  if (token) headers["X-CSRF-Token"] = token.content;
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body), credentials: "same-origin" });
  if (answer.status === 401) location.reload();
  const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
  const said = isJson ? await answer.json() : await answer.text();
  if (!answer.ok) throw new Error(isJson ? said.reason : said);
  return said;
}

/** An element with properties, and children (elements or text). */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Seconds as 04:05, or 1:04:05. */
export function clockText(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const two = (number) => String(number).padStart(2, "0");
  const minutes = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${minutes}` : minutes;
}
