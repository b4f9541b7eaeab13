/** The words of a page, in the language the server chose for it. Each page adds its own catalogue to the shared one. */

/** "en" or "zh". */
export const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";

const words = {};
add((await import(`./messages/${language}.js`)).default); // only the language that is read here
const rules = new Intl.PluralRules(language);

/** Adds a page's catalogue. */
export function add(catalogue) {
  Object.assign(words, catalogue);
}

/** The sentence for `key`, with `{name}` filled in from `values`. */
export function t(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => isolated(values[name] ?? ""));
}

/** What is written from right to left must not turn around the words beside it. */
const isolated = (value) => (/[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufefc]/.test(value) ? `\u2068${value}\u2069` : value);

/** The sentence for a number: `key.one`, `key.other` and so on, as the language counts. */
export function plural(key, count) {
  const form = `${key}.${rules.select(count)}`;
  return t(form in words ? form : `${key}.other`, { count });
}
