/** The figures of a report put together for its charts. Pure functions over values. */

import { daysOf } from "./range.js";

/** @import { Count, Figures, Lengths, Report, Slot } from "../../types.d.ts" */

/** @type {Count[]} */
const COUNTS = ["conversations", "from_visitors", "from_team", "good", "bad"];
/** @type {("first" | "resolved")[]} */
const LENGTHS = ["first", "resolved"];
/** @returns {Lengths} */
const lengths = () => ({ count: 0, ms: 0, classes: [0, 0, 0, 0, 0] });
/** @returns {Figures} */
const nothing = () => ({
  conversations: 0,
  from_visitors: 0,
  from_team: 0,
  first: lengths(),
  resolved: lengths(),
  good: 0,
  bad: 0,
});

/**
 * @param {Figures} sum
 * @param {Figures} row
 */
function add(sum, row) {
  for (const name of COUNTS) sum[name] += row[name] ?? 0; // a node of before counts no ratings
  for (const name of LENGTHS) {
    sum[name].count += row[name].count;
    sum[name].ms += row[name].ms;
    row[name].classes.forEach((count, at) => (sum[name].classes[at] += count));
  }
}

/**
 * One slot for each of `keys`, in order, holding the rows whose key `keyOf(row)` is.
 * @template {Figures} Row
 * @param {Row[]} rows
 * @param {(number | string)[]} keys
 * @param {(row: Row) => number | string} keyOf
 * @returns {Slot[]}
 */
function slots(rows, keys, keyOf) {
  const found = new Map(keys.map((key) => [key, { key, ...nothing() }]));
  for (const row of rows) {
    const slot = found.get(keyOf(row));
    if (slot) add(slot, row);
  }
  return [...found.values()];
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/**
 * By hour of the day, over all days: `key` 0 to 23. A row's time is the reader's already.
 * @param {Pick<Report, "hours">} report
 */
export const byHour = (report) => slots(report.hours, HOURS, (row) => Number(row.at.slice(11, 13)));

/**
 * By day: `key` as in `2026-03-29`.
 * @param {Pick<Report, "hours" | "from" | "to">} report
 */
export const byDay = (report) => slots(report.hours, daysOf(report), (row) => row.at.slice(0, 10));

/** @param {{ count: number, ms: number }} lengths */
export const average = ({ count, ms }) => (count ? ms / count : null);

/**
 * The class that half of the lengths of time do not exceed, or -1 where there are none.
 * @param {{ count: number, classes: number[] }} lengths
 */
export function median({ count, classes }) {
  let sum = 0;
  return count ? classes.findIndex((more) => (sum += more) * 2 >= count) : -1;
}

/**
 * The steps of an axis from 0: at most four, whole, and round.
 * @param {number} most
 */
export function steps(most) {
  const rough = Math.max(1, most / 3);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5].map((part) => part * power).find((size) => size >= rough) ?? 10 * power;
  return Array.from({ length: Math.max(1, Math.ceil(most / step)) + 1 }, (_, at) => at * step);
}
