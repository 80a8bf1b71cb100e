/** The list of recordings: asked for again whenever it has changed. Chromium 92. */

import { followRoom } from "./room.js";

const list = document.getElementById("list");
let shown = null; // the version of the list that is shown, null until it is known
let wanted = null;
let isAsking = false;

async function show() {
  if (isAsking) return;
  isAsking = true;
  try {
    while (shown !== wanted) {
      const asked = wanted;
      const answer = await fetch(location.href, { cache: "no-store" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("list");
      if (!fresh) return location.reload(); // the session is over
      const focused = document.activeElement.getAttribute("href");
      list.replaceChildren(...fresh.childNodes);
      const again = [...list.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused);
      if (again) again.focus({ preventScroll: true });
      shown = asked;
    }
  } catch {
    // The box is away; the list is asked for again when it is heard.
  } finally {
    isAsking = false;
  }
}

followRoom("/lessons/events", {
  onStatus({ version }) {
    wanted = version;
    show();
  },
  onLink(link) {
    if (link.box) show();
  },
});
