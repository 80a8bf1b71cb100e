/** ESLint rules: a page uses nothing that is newer than the Chromium that it runs in (option `chromium`). */

import * as support from "./support.mjs";

function rule(visitorsOf) {
  return {
    meta: { type: "problem", schema: [{ type: "integer" }] },
    create(context) {
      const [chromium] = context.options;
      const check = (node, what, since) => {
        if (since > chromium) context.report({ node, message: `${what} is not in Chromium ${chromium}: ${whenOf(since)}` });
      };
      return visitorsOf(check, context);
    },
  };
}

function whenOf(since) {
  return since === Infinity ? "in none" : `since ${since}`;
}

/** Syntax is what ESLint's `ecmaVersion` refuses; this is what a script asks of the browser. */
const scripts = rule((check, { sourceCode }) => ({
  Program(program) {
    for (const { identifier } of sourceCode.getScope(program).through)
      check(identifier, identifier.name, support.sinceGlobal(identifier.name));
  },
  "MemberExpression[computed=false]"(node) {
    const { object, property, parent } = node;
    const since = object.type === "Identifier" ? support.sinceStatic(object.name, property.name) : undefined;
    check(property, property.name, since ?? support.sinceMember(property.name, parent.callee === node));
  },
}));

const styleSheets = rule((check) => {
  let property = "";
  return {
    Declaration(node) {
      property = node.property;
      check(node, property, support.sinceProperty(property));
    },
    "Declaration > Value Identifier"(node) {
      check(node, `${property}: ${node.name}`, support.sinceValue(property, node.name));
    },
    "Declaration > Value Function"(node) {
      check(node, `${node.name}()`, support.sinceValue(property, node.name));
    },
    Dimension(node) {
      check(node, node.unit, support.sinceUnit(node.unit));
    },
    // What lays its children out otherwise than as a grid has `gap` later; a grid has `grid-gap` as well.
    "Declaration[property=/^(row-|column-)?gap$/]"(node) {
      check(node, `${node.property} in a flex box`, support.SINCE_FLEX_GAP);
    },
    Atrule(node) {
      check(node, `@${node.name}`, support.sinceAtRule(node.name));
    },
    Feature(node) {
      check(node, `@media (${node.name})`, support.sinceMediaFeature(node.name));
    },
    FeatureRange(node) {
      check(node, "a range of a media feature", support.SINCE_MEDIA_RANGE);
    },
    PseudoClassSelector(node) {
      check(node, `:${node.name}`, support.sinceSelector(node.name));
    },
    PseudoElementSelector(node) {
      check(node, `::${node.name}`, support.sinceSelector(node.name));
    },
    "PseudoClassSelector[name=not] > SelectorList[children.length>1]"(node) {
      check(node, ":not() of a list", support.SINCE_NOT_LIST);
    },
    ":matches(Rule Rule, Rule Atrule, NestingSelector)"(node) {
      check(node, "nesting", support.SINCE_NESTING);
    },
  };
});

export default { rules: { scripts, "style-sheets": styleSheets } };
