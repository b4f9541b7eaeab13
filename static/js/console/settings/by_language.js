/** Settings that are written in every language there is, by its code. */

import { languages } from "../languages.js";

/**
 * All of them with the one of a language changed; what is nothing is left out.
 * @template T
 * @param {Record<string, T>} all
 * @param {string} code
 * @param {T} value
 * @param {(value: T) => boolean} [isNothing]
 * @returns {Record<string, T>}
 */
export function withLanguage(all, code, value, isNothing = (one) => !one) {
  const written = { ...all, [code]: value };
  const kept = Object.keys(languages).filter((language) => language in written && !isNothing(written[language]));
  return Object.fromEntries(kept.map((language) => [language, written[language]]));
}
