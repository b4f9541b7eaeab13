/** Where somebody is, in the reader's words: their country, and what time it is there. */

import { language } from "../i18n.js";
import { locale } from "../time.js";
import { minutes } from "./clock.js";

// Made once: each takes a while.
/** @type {Map<string, Intl.DisplayNames>} */
const names = new Map();
/** @type {Map<string, Intl.DateTimeFormat | null>} */
const clocks = new Map();

/**
 * What a country or a language is called; its code where that is none.
 * @param {"region" | "language"} type
 * @param {string} code
 */
export function named(type, code) {
  try {
    const known = names.get(type) ?? new Intl.DisplayNames([language], { type });
    names.set(type, known);
    return known.of(code) ?? code;
  } catch {
    return code;
  }
}

/**
 * What time it is there now; "" for a time zone that this browser does not know.
 * @param {string} timeZone
 * @param {Intl.DateTimeFormatOptions} [more] What is to be said beside hour and minute.
 */
export function timeIn(timeZone, more = {}) {
  const key = JSON.stringify([timeZone, more]);
  if (!clocks.has(key)) clocks.set(key, clockFor({ hour: "numeric", minute: "2-digit", ...more, timeZone }));
  return clocks.get(key)?.format(minutes.value) ?? "";
}

/** @param {Intl.DateTimeFormatOptions} how */
function clockFor(how) {
  try {
    return new Intl.DateTimeFormat(locale, how);
  } catch {
    return null;
  }
}
