/** What is said of dates that differ, and what is wrong with them. */

import { t } from "../../../i18n.js";
import { locale } from "../../../time.js";
import { wrong } from "./week.js";

/** @import { Dates, Key, Times } from "../../../types.d.ts" */

/**
 * A date, without its year where it comes every year.
 * @param {string} date
 * @param {boolean} [yearly]
 */
const day = (date, yearly) =>
  new Intl.DateTimeFormat(locale, {
    timeZone: "UTC",
    day: "numeric",
    month: "long",
    ...(yearly ? {} : { year: "numeric" }),
  }).format(Date.parse(date));

/** A time of the clock, as the reader writes it. @param {string} clock */
const time = (clock) =>
  new Intl.DateTimeFormat(locale, { timeZone: "UTC", timeStyle: "short" }).format(
    Date.parse(`2024-01-01T${clock.replace("24:", "00:")}Z`),
  );

/** @param {Times[]} ranges */
const times = (ranges) =>
  ranges.map(([opens, closes]) => (opens && closes ? `${time(opens)} – ${time(closes)}` : "…")).join(", ");

/** When they are, and what is then. @param {Dates} dates */
export function told({ on, from, to, yearly, ranges }) {
  const ends = (on === undefined ? [from, to] : [on]).map((date) => date && day(date, yearly));
  const when = ends.every(Boolean) ? ends.join(" – ") : t("hours.date.new");
  return { when, what: ranges.length ? times(ranges) : t("hours.closed") };
}

/**
 * What is wrong with them, if anything is; `"ranges"` is for what stands beside the ranges.
 * @param {Dates} dates
 * @returns {Key | "ranges" | undefined}
 */
export function wrongDate({ on, from, to, ranges }) {
  if (on === undefined ? !from || !to : !on) return "hours.date.lacking";
  if (from && to && to < from) return "hours.date.order";
  return wrong(ranges) && "ranges";
}

/**
 * In the order in which they come in a year, those of every year first.
 * @param {Dates[]} dates
 */
export const inOrder = (dates) =>
  [...dates].sort((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0));

/** @param {Dates} dates */
const key = ({ on, from, yearly }) => {
  const first = on ?? from ?? "";
  return yearly ? `0${first.slice(5)}` : `1${first}`;
};
