// Reads playlists as JSON (name to text) from standard input and parses each by RFC 8216, strictly; prints what is wrong.
import { readFileSync } from "node:fs";
import HLS from "hls-parser";

HLS.setOptions({ strictMode: true });
const wrong = {};
for (const [name, text] of Object.entries(JSON.parse(readFileSync(0, "utf8")))) {
  try {
    HLS.parse(text);
  } catch (error) {
    wrong[name] = error.message;
  }
}
console.log(JSON.stringify(wrong));
