/** What may be done with a lesson beside its player: take it away as one file, delete it. Chromium 92. */

import { data, post, t } from "./page.js";

const POLL_MS = 1000;
const base = `/lessons/${data("manifest").lesson}`;
const $ = (id) => document.getElementById(id);
const say = (text) => {
  $("act-said").textContent = text;
};

async function watchJoin() {
  const answer = await fetch(`${base}/join`, { cache: "no-store" });
  if (!answer.ok) return;
  const { state, share } = await answer.json();
  $("join").hidden = state === "joining" || state === "ready";
  $("save").hidden = state !== "ready";
  if (state === "joining") {
    say(t("joining", { percent: Math.floor(share * 100) }));
    setTimeout(watchJoin, POLL_MS);
  } else {
    say(state === "failed" ? t("join-failed") : "");
  }
}

async function attempt(act) {
  try {
    await act();
  } catch (error) {
    say(error.message);
  }
}

$("join").onclick = () =>
  attempt(async () => {
    await post(`${base}/join`);
    await watchJoin();
  });

if ($("erase")) {
  $("erase").onclick = () => {
    $("erase-sure").hidden = false;
    $("erase-no").focus();
  };
  $("erase-no").onclick = () => {
    $("erase-sure").hidden = true;
    $("erase").focus();
  };
  $("erase-yes").onclick = () =>
    attempt(async () => {
      $("erase-sure").hidden = true;
      await post(`${base}/erase`);
      location.href = "/lessons";
    });
}

watchJoin();
