/** The page of a lesson: the player, told of the lesson by the page itself. Chromium 92. */

import { useWords } from "../player/js/dom.js";
import { mountPlayer } from "../player/js/player.js";
import { data } from "./page.js";

useWords(data("player-words"));
const { lesson, ...manifest } = data("manifest");
mountPlayer(document.getElementById("player"), { lesson, ...manifest }, new URL(`/lessons/${lesson}/files/`, location.href));
