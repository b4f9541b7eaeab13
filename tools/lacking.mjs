// An ESLint rule: what a page's script uses of the browser is there in the oldest browsers that it works in, by MDN's data.
//
// TypeScript knows no versions of browsers, and eslint-plugin-compat looks at few members of an object: not at
// `AbortSignal.any`, nor at `element.checkVisibility`. This one goes by their names: one is taken for lacking where no
// interface has it in all of those browsers, and our own scripts declare none that is called so.
//
// Option: `optional`, what the pages get along without, as it is named in what the rule reports.
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { OLDEST } from "./browsers.mjs";

/** @typedef {import("@mdn/browser-compat-data/types").Identifier} Feature */
/** @typedef {import("@mdn/browser-compat-data/types").SimpleSupportStatement} Support */

/** @type {import("@mdn/browser-compat-data/types").CompatData} */
const { api, javascript, html } = JSON.parse(
  readFileSync(fileURLToPath(import.meta.resolve("@mdn/browser-compat-data")), "utf8"),
);
const builtins = /** @type {Feature} */ (javascript.builtins);
/** The objects that every page has, and what they are. @type {Record<string, string>} */
const KINDS = { window: "Window", document: "Document", navigator: "Navigator", history: "History", screen: "Screen" };

/**
 * @param {string} version "16.4", and "≤79" where nobody looked at older ones.
 * @param {string} oldest
 */
function isAfter(version, oldest) {
  const [[major, minor = 0], [oldMajor, oldMinor = 0]] = [version.replace("≤", ""), oldest].map((text) =>
    text.split(".").map(Number),
  );
  return major > oldMajor || (major === oldMajor && minor > oldMinor);
}

/**
 * @param {Support} support
 * @param {string} oldest
 */
function had({ version_added: added, version_removed: removed, flags, alternative_name: other, prefix }, oldest) {
  if (typeof added !== "string" || added === "preview" || flags || other || prefix) return false;
  return !isAfter(added, oldest) && !(removed && !isAfter(removed, oldest));
}

/** Whether all of the oldest browsers have it; so it is with what MDN says nothing of. @param {Feature} feature */
function everywhere(feature) {
  const support = feature.__compat?.support;
  if (!support) return true;
  return Object.entries(OLDEST).every(([browser, version]) =>
    [/** @type {Record<string, Support | Support[]>} */ (support)[browser] ?? []]
      .flat()
      .some((statement) => had(statement, version)),
  );
}

/** By name: whether at least one interface has such a member, or such an event, everywhere. @type {Map<string, boolean>} */
const members = new Map();
const { Intl: intl, ...others } = builtins;
for (const type of [...Object.values(api), ...Object.values(others), ...Object.values(intl)]) {
  for (const [name, feature] of Object.entries(type)) {
    if (!name.startsWith("__")) members.set(name, members.get(name) || everywhere(feature));
  }
}
// Keys, methods and fields, what is given to a field: names of ours.
const DECLARED = /^ *(?:async |get |set )?(\w+)(?: = |;|,|\()|\b(\w+)\??: |this\.[\w#.]*\b(\w+) = /gm;
for (const file of readdirSync("static/js", { recursive: true, encoding: "utf8" })) {
  const script = /\.(js|d\.ts)$/.test(file) ? readFileSync(`static/js/${file}`, "utf8") : "";
  for (const [, ...found] of script.matchAll(DECLARED)) found.forEach((name) => members.delete(name));
}
/** Attributes of HTML: those of every element, and of some. @type {Map<string, boolean>} */
const attributes = new Map();
for (const element of [html.global_attributes, ...Object.values(/** @type {Feature} */ (html.elements))]) {
  for (const [name, feature] of Object.entries(element)) {
    attributes.set(name, attributes.get(name) || everywhere(feature));
  }
}

/** @param {string} name Of something global. */
const isLacking = (name) =>
  [api[name], builtins[name], api.Window[name]].some((feature) => feature && !everywhere(feature));

/** What MDN knows of a global object's members. @param {string} name */
const typeOf = (name) => api[KINDS[name] ?? name] ?? builtins[name];

/**
 * @param {Feature | undefined} owner
 * @param {string} name
 */
function isMemberLacking(owner, name) {
  const feature = owner?.[`${name}_static`] ?? owner?.[name];
  return feature ? !everywhere(feature) : members.get(name) === false;
}

/** @type {import("eslint").Rule.RuleModule} */
export default {
  meta: {
    type: "problem",
    schema: [{ type: "object", properties: { optional: { type: "array", items: { type: "string" } } } }],
    defaultOptions: [{ optional: [] }],
    messages: { lacking: "{{ what }} is not in all of the oldest browsers (tools/browsers.mjs)." },
  },
  create(context) {
    const [{ optional }] = context.options;
    /**
     * @param {import("eslint").Rule.Node | import("estree").Node} node
     * @param {string} what
     */
    const report = (node, what) => {
      if (!optional.includes(what)) context.report({ node, messageId: "lacking", data: { what } });
    };
    const isGlobal = (/** @type {import("estree").Identifier} */ node) => context.sourceCode.isGlobalReference(node);
    return {
      Identifier(node) {
        if (isLacking(node.name) && isGlobal(node)) report(node, node.name);
      },
      MemberExpression({ object, property, computed }) {
        if (computed || property.type !== "Identifier") return;
        const owner = object.type === "Identifier" && isGlobal(object) ? typeOf(object.name) : undefined;
        const named = owner && "name" in object ? object.name : "";
        if (isMemberLacking(owner, property.name)) report(property, `${named}.${property.name}`);
      },
      CallExpression({ callee, arguments: [event] }) {
        const listens =
          "property" in callee && "name" in callee.property && callee.property.name === "addEventListener";
        if (!listens || event?.type !== "Literal") return;
        if (members.get(`${event.value}_event`) === false) report(event, `the event ${event.value}`);
      },
      TemplateElement(node) {
        for (const [, name] of node.value.raw.matchAll(/\s([a-z]+)(?=[\s=>])/g)) {
          if (attributes.get(name) === false && /<\w/.test(node.value.raw)) report(node, `the attribute ${name}`);
        }
      },
    };
  },
};
