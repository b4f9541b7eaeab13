/** The words of a page, in the language the server chose for it: one module, whose address is in `data-words`. */

import "./browser.js"; // unbuilt, nothing else would keep this module from running first
import { statusOf } from "./api.js";

/** @import { CountedKey, Key } from "./types.d.ts" */

const page = document.documentElement;

/** The code of the language: "en", "zh-CN". */
export const language = page.lang;

/** @type {{ default: Record<string, string> }} */
const { default: words } = await import(page.dataset.words ?? ""); // only what is read here
const rules = new Intl.PluralRules(language);
const RIGHT_TO_LEFT_LETTERS = /[\u0590-\u08ff\ufb1d-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const DIRECTION_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * The sentence for `key`, with `{name}` filled in from `values`. Keys stand whole in the code: a test compares them
 * with the catalogues.
 * @param {Key} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) =>
    isolated(String(values[name] ?? "").replace(DIRECTION_CONTROLS, "")),
  );
}

/**
 * What runs the other way must not turn around the words beside it.
 * @param {string} value
 */
const isolated = (value) => (page.dir === "rtl" || RIGHT_TO_LEFT_LETTERS.test(value) ? `\u2068${value}\u2069` : value);

/**
 * The sentence for a number: `key.one`, `key.other` and so on, as the language counts.
 * @param {CountedKey} key
 * @param {number} count
 */
export function plural(key, count) {
  const form = `${key}.${rules.select(count)}`;
  return t(/** @type {Key} */ (form in words ? form : `${key}.other`), { count });
}

/**
 * Why a request failed, as a sentence: the server's own, or `unreachable` where it did not answer.
 *
 * @param {unknown} error
 */
export const reason = (error, unreachable = t("error.unreachable")) =>
  statusOf(error) && error instanceof Error ? error.message : unreachable;
