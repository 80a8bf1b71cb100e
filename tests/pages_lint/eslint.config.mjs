/** What the scripts and style sheets of the pages are held to; ESLint runs in the project's root. */

import css from "@eslint/css";
import js from "@eslint/js";
import { readFileSync } from "node:fs";
import { globalsOf } from "./support.mjs";
import floor from "./rules.mjs";

const STATIC = "edge/web/static";
const PLAYER = "edge/player/static";

/** A script and all that it imports, as paths from the root. */
function withImports(script, found = new Set()) {
  const path = `${STATIC}/js/${script}`;
  if (found.has(path)) return found;
  found.add(path);
  for (const [, imported] of readFileSync(path, "utf8").matchAll(/from "\.\/(\w+\.js)"/g)) withImports(imported, found);
  return found;
}

/** The class board and the students' page run on what is there: a board of ten years, a child's phone. */
const OLD_SCRIPTS = [...withImports("board.js"), ...withImports("student.js")];
const OLD_SHEETS = [`${STATIC}/css/board.css`, `${STATIC}/css/student.css`];

/** `chosen` is the files, and those of them that are not meant. */
function scripts(chosen, chromium, ecmaVersion) {
  const globals = Object.fromEntries(globalsOf(chromium).map((name) => [name, "readonly"]));
  return {
    ...chosen,
    plugins: { floor },
    languageOptions: { ecmaVersion, globals },
    rules: { ...js.configs.recommended.rules, "floor/scripts": ["error", chromium] },
  };
}

function sheets(chosen, chromium) {
  return {
    ...chosen,
    language: "css/css",
    plugins: { css, floor },
    rules: {
      ...css.configs.recommended.rules,
      "css/no-important": "off", // [hidden]
      "css/no-invalid-properties": ["error", { allowUnknownVariables: true }], // they are in base.css
      "css/use-baseline": "off", // goes by the year
      "floor/style-sheets": ["error", chromium],
    },
  };
}

export default [
  { ignores: [`${PLAYER}/vendor/`] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  scripts({ files: [`${STATIC}/**/*.js`, `${PLAYER}/**/*.js`], ignores: OLD_SCRIPTS }, 92, 2021),
  scripts({ files: OLD_SCRIPTS }, 80, 2020),
  sheets({ files: [`${STATIC}/**/*.css`, `${PLAYER}/**/*.css`], ignores: OLD_SHEETS }, 92),
  sheets({ files: OLD_SHEETS }, 80),
];
