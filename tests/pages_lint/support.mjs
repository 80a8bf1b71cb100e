/** Since which Chromium there is what a page uses, by MDN's browser compatibility data. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const file = createRequire(import.meta.url).resolve("@mdn/browser-compat-data");
const { api, css, javascript } = JSON.parse(readFileSync(file));
const { builtins } = javascript;

/** The version since which Chromium has a feature under its own name, without a flag; Infinity where it has it not. */
export function since(feature) {
  const support = feature?.__compat?.support.chrome;
  if (!support) return feature?.__compat ? Infinity : undefined;
  const added = [support].flat().filter((one) => !one.flags && !one.prefix && !one.alternative_name);
  return Math.min(Infinity, ...added.map((one) => parseInt(String(one.version_added).replace("≤", "")) || Infinity));
}

/** The lowest of versions, of which some are not known; undefined where none is. */
function lowest(versions) {
  const known = versions.filter((one) => one !== undefined);
  return known.length ? Math.min(...known) : undefined;
}

export function sinceGlobal(name) {
  return lowest(GLOBALS.map((names) => since(names[name])));
}

const GLOBALS = [api, api.Window, api.EventTarget, builtins];

/** All that a script may name in this Chromium without having declared it. */
export function globalsOf(chromium) {
  return GLOBALS.flatMap((names) => Object.keys(names).filter((name) => sinceGlobal(name) <= chromium));
}

/** A member of something named, such as `AbortSignal.timeout`. */
export function sinceStatic(owner, name) {
  return lowest([builtins[owner], builtins.Intl[owner], api[owner]].map((one) => since(one?.[`${name}_static`])));
}

// A script does not say what it asks a member of: of those that have the name, the oldest counts. What these pages will
// never draw with is left out.
const members = new Map();
for (const [name, owner] of Object.entries({ ...api, ...builtins, ...builtins.Intl }))
  if (!/^(GPU|XR|Temporal)/.test(name))
    for (const [key, member] of Object.entries(owner)) {
      const short = key.replace(/_static$/, "");
      members.set(short, lowest([members.get(short), since(member)]));
    }

// Fields are those of the page's own objects as well: only what every page has is known by its name.
const PAGE = /^(HTML\w*|Element|Node|Document|Window|(UI|Submit|Input|Keyboard|Mouse|Pointer|Message)?Event|Request|Response)$/;
const fields = new Set(Object.keys(api).filter((name) => PAGE.test(name)).flatMap((name) => Object.keys(api[name])));

/** A member of no matter what, which is called or read. */
export function sinceMember(name, isCalled) {
  return isCalled || fields.has(name) ? members.get(name) : undefined;
}

export function sinceProperty(name) {
  return since(css.properties[name]);
}

/** A word or a function in the value of a property. */
export function sinceValue(property, word) {
  return since(css.properties[property]?.[word]) ?? sinceType(word);
}

const types = new Map();
for (const [name, type] of Object.entries(css.types))
  for (const [key, one] of [[name, type], ...Object.entries(type)]) types.set(key, lowest([types.get(key), since(one)]));

function sinceType(name) {
  return types.get(name);
}

export function sinceUnit(unit) {
  const { length } = css.types;
  if (/^[dls]v/.test(unit)) return since(length.viewport_percentage_units_dynamic);
  if (/^cq/.test(unit)) return since(length.container_query_length_units);
  return since(length[unit]);
}

export function sinceAtRule(name) {
  return since(css["at-rules"][name]);
}

export function sinceMediaFeature(name) {
  return since(css["at-rules"].media[name.replace(/^(min|max)-/, "")]);
}

export function sinceSelector(name) {
  return since(css.selectors[name]);
}

export const SINCE_FLEX_GAP = since(css.properties.gap.flex_context);
export const SINCE_NESTING = since(css.selectors.nesting);
export const SINCE_MEDIA_RANGE = since(css["at-rules"].media.range_syntax);
export const SINCE_NOT_LIST = since(css.selectors.not.selector_list);
