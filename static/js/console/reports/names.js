/** What the parts of a report are called. */

import { t } from "../../i18n.js";
import { locale } from "../../time.js";

/** @import { Key } from "../../types.d.ts" */

// hours and days by their names alone, wherever the reader is meanwhile
const timeZone = "UTC";
const HOUR_FORMAT = new Intl.DateTimeFormat(locale, { hour: "numeric", timeZone });
const DAY_FORMAT = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone });
const WHOLE_DAY_FORMAT = new Intl.DateTimeFormat(locale, {
  weekday: "short",
  day: "numeric",
  month: "short",
  timeZone,
});
const NUMBER_FORMAT = new Intl.NumberFormat(locale);

/** @param {number} value */
export const number = (value) => NUMBER_FORMAT.format(value);

/**
 * A slot's name: in short for the axis, in full elsewhere.
 * @param {{ key: number | string }} slot
 * @param {boolean} [full]
 */
export const slotName = ({ key }, full) =>
  typeof key === "number"
    ? HOUR_FORMAT.format(Date.UTC(2026, 0, 1, key))
    : (full ? WHOLE_DAY_FORMAT : DAY_FORMAT).format(new Date(key));

/** @param {number} part Of a hundred. */
export const percent = (part) => t("reports.percent", { n: part && part < 1 ? "<1" : Math.round(part) });

/**
 * How many of a hundred that are; a dash where there are none at all.
 * @param {number} some
 * @param {number} all
 */
export const partOf = (some, all) => (all ? percent((100 * some) / all) : "–");

/** How long something took: the name of it, what is said of many, and the classes. @type {Record<"first" | "resolved", { title: Key, gist: Key, classes: Key[] }>} */
export const LENGTH_WORDS = {
  first: {
    title: "reports.first",
    gist: "reports.first.gist",
    classes: ["reports.first.0", "reports.first.1", "reports.first.2", "reports.first.3", "reports.first.4"],
  },
  resolved: {
    title: "reports.resolved",
    gist: "reports.resolved.gist",
    classes: [
      "reports.resolved.0",
      "reports.resolved.1",
      "reports.resolved.2",
      "reports.resolved.3",
      "reports.resolved.4",
    ],
  },
};

const MINUTE_MS = 60_000;

/**
 * A length of time, rounded as one would say it; a dash where there is none.
 * @param {number | null} ms
 */
export function duration(ms) {
  if (ms === null) return "–";
  if (ms < 1.5 * MINUTE_MS) return t("time.seconds", { n: Math.round(ms / 1000) });
  if (ms < 90 * MINUTE_MS) return t("time.minutes", { n: Math.round(ms / MINUTE_MS) });
  if (ms < 36 * 60 * MINUTE_MS) return t("time.hours", { n: number(Math.round(ms / MINUTE_MS / 6) / 10) });
  return t("time.days", { n: number(Math.round(ms / MINUTE_MS / 144) / 10) });
}
