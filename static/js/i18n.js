/** The words of a page, in the language the server chose for it. Each page adds its own catalogue to the shared one. */

import en from "./messages/en.js";
import zh from "./messages/zh.js";

/** "en" or "zh". */
export const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";

const words = { ...(language === "zh" ? zh : en) };
const rules = new Intl.PluralRules(language);

/** Adds a page's catalogue. */
export function add(catalogue) {
  Object.assign(words, catalogue);
}

/** The sentence for `key`, with `{name}` filled in from `values`. */
export function t(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** The sentence for a number: `key.one`, `key.other` and so on, as the language counts. */
export function plural(key, count) {
  const form = `${key}.${rules.select(count)}`;
  return t(form in words ? form : `${key}.other`, { count });
}
