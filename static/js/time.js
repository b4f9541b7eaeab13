/** Times as people say them. */

import { language, t } from "./i18n.js";

// the reader's own kind of English, but never another language among the page's words
export const locale = navigator.languages.find((one) => one.startsWith(language)) ?? language;
const CLOCK_FORMAT = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
const DAY_FORMAT = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const DAY_AND_YEAR_FORMAT = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
const MOMENT_FORMAT = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });

/**
 * 14:05
 * @param {string | number | Date} time
 */
export const clock = (time) => CLOCK_FORMAT.format(new Date(time));

/**
 * Day and clock, for what is not in a thread.
 * @param {string | number | Date} time
 */
export const moment = (time) => MOMENT_FORMAT.format(new Date(time));

/**
 * A key that is the same for all times of one day here.
 * @param {string} time
 */
export const dayKey = (time) => new Date(time).toDateString();

/**
 * Today, yesterday, or the day's name.
 * @param {string} time
 */
export function day(time) {
  const then = new Date(time);
  const now = new Date();
  const days = Math.round((midnight(now) - midnight(then)) / 86_400_000);
  if (days === 0) return t("thread.today");
  if (days === 1) return t("thread.yesterday");
  return (then.getFullYear() === now.getFullYear() ? DAY_FORMAT : DAY_AND_YEAR_FORMAT).format(then);
}

/** @param {Date} date */
const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
