/** What a week is made of, and what is to be known of ranges: wall times, of which an end that is not later is on the next day. */

import { locale } from "../../../time.js";
import { now } from "../../../server_time.js";

/** @import { Day, Hours, Times } from "../../../types.d.ts" */

/** @type {Day[]} */
export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
export const WORKDAYS = DAYS.slice(0, 5);
export const MOST_RANGES = 6; // as the server takes them
export const DAY_MINUTES = 1440;

const HOUR_MINUTES = 60;
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/** A shop's hours to begin with, by the clock of who sets them. @returns {Hours} */
export const usual = () => ({
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  week: Object.fromEntries(WORKDAYS.map((day) => [day, [["09:00", "17:00"]]])),
  dates: [],
});

/**
 * The name of a day of the week.
 * @param {Day} day
 * @param {"long" | "short"} [length]
 */
export const dayName = (day, length = "long") =>
  new Intl.DateTimeFormat(locale, { weekday: length, timeZone: "UTC" }).format(MONDAY + DAYS.indexOf(day) * DAY_MS);

/** @param {Day} day @param {number} by @returns {Day} */
export const dayAfter = (day, by = 1) => DAYS[(DAYS.indexOf(day) + by + DAYS.length) % DAYS.length];

/** Minutes since midnight. @param {string} clock */
const minutes = (clock) => Number(clock.slice(0, 2)) * HOUR_MINUTES + Number(clock.slice(3));

/** @param {number} minutes */
const clock = (minutes) =>
  [Math.floor(minutes / HOUR_MINUTES), minutes % HOUR_MINUTES].map((part) => String(part).padStart(2, "0")).join(":");

/** Whether it ends on the next day. @param {Times} range */
export const isNight = ([opens, closes]) => Boolean(opens && closes) && minutes(closes) <= minutes(opens);

/** From when to when, in minutes since the midnight before; undefined while it is being written. @param {Times} range */
function span([opens, closes]) {
  if (!opens || !closes) return undefined;
  const begin = minutes(opens);
  const end = minutes(closes);
  return { begin, end: end <= begin ? end + DAY_MINUTES : end };
}

/** What is wrong with the ranges of a day: some time is missing, or two of them overlap. @param {Times[]} ranges */
export function wrong(ranges) {
  const spans = ranges.map(span);
  const written = spans.flatMap((one) => one ?? []).sort((a, b) => a.begin - b.begin);
  if (written.length < spans.length) return "lacking";
  return written.some(({ begin }, n) => n > 0 && begin < written[n - 1].end) ? "overlap" : undefined;
}

/** Another range for a day that has these: after an hour's pause, or to be written. @param {Times[]} ranges @returns {Times} */
export function another(ranges) {
  if (!ranges.length) return ["09:00", "17:00"];
  const last = Math.max(...ranges.map((range) => span(range)?.end ?? DAY_MINUTES)) + HOUR_MINUTES;
  const fits = last + 4 * HOUR_MINUTES < DAY_MINUTES;
  return fits ? [clock(last), clock(last + 4 * HOUR_MINUTES)] : ["", ""];
}

/**
 * When it is open on a day, as parts of it: `{begin, end}` in minutes; `night`: what the day before left.
 * @param {Hours["week"]} week
 * @param {Day} day
 */
export function parts(week, day) {
  const spans = (/** @type {Day} */ of) => (week[of] ?? []).flatMap((range) => span(range) ?? []);
  const left = spans(dayAfter(day, -1)).map(({ end }) => ({ begin: 0, end: end - DAY_MINUTES, night: true }));
  const own = spans(day).map(({ begin, end }) => ({ begin, end: Math.min(end, DAY_MINUTES), night: false }));
  return [...left, ...own].filter(({ begin, end }) => begin < end);
}

/**
 * How times are told by the clock of a zone; by ours where this browser knows none of that name.
 * @param {string} tag
 * @param {Intl.DateTimeFormatOptions} options
 */
export function formatIn(tag, options) {
  try {
    return new Intl.DateTimeFormat(tag, options);
  } catch {
    return new Intl.DateTimeFormat(tag, { ...options, timeZone: undefined });
  }
}

/** Which date it is there, as `2026-12-24`. @param {string} zone */
export const dateThere = (zone) => formatIn("en-CA", { timeZone: zone, dateStyle: "short" }).format(now());
