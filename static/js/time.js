/** Times as people say them. */

import { computed } from "./lib.js";
import { language, t } from "./i18n.js";
import { today, zoneName } from "./today.js";

// the reader's own kind of English, but never another language among the page's words; and of one calendar and one kind of
// digits whatever their country: ours, in which all else is told
const tag = navigator.languages.find((one) => one.startsWith(language)) ?? language;
export const locale = `${new Intl.Locale(tag, { calendar: "gregory", numberingSystem: "latn" })}`;
// made anew where the reader is in another zone: a format keeps the one it was made in
const formats = computed(() => {
  zoneName.value;
  const made = (/** @type {Intl.DateTimeFormatOptions} */ how) => new Intl.DateTimeFormat(locale, how);
  return {
    clock: made({ timeStyle: "short" }),
    day: made({ weekday: "long", day: "numeric", month: "long" }),
    dayAndYear: made({ day: "numeric", month: "long", year: "numeric" }),
    moment: made({ dateStyle: "medium", timeStyle: "short" }),
  };
});

/**
 * 14:05
 * @param {string | number | Date} time
 */
export const clock = (time) => formats.value.clock.format(new Date(time));

/**
 * Day and clock, for what is not in a thread.
 * @param {string | number | Date} time
 */
export const moment = (time) => formats.value.moment.format(new Date(time));

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
  const now = new Date(today.value); // its midnight
  const days = Math.round((now.getTime() - midnight(then)) / 86_400_000);
  if (days === 0) return t("thread.today");
  if (days === 1) return t("thread.yesterday");
  const { day: thisYear, dayAndYear } = formats.value;
  return (then.getFullYear() === now.getFullYear() ? thisYear : dayAndYear).format(then);
}

/** @param {Date} date */
const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
