/** Which days a report is about, and how it is asked for. Days are the reader's, written `2026-03-29`. */

import { now } from "../../server_time.js";
import { zone } from "../../zone.js";

/** @import { Days } from "../../types.d.ts" */

export const MOST_DAYS = 92; // the server's limit
/** @type {Record<string, number>} */
export const CHOICES = { today: 1, week: 7, month: 30 };

/** @param {number} number */
const two = (number) => String(number).padStart(2, "0");
/** @param {Date} date */
const dayOf = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

/**
 * The date at noon: no change of clocks is near.
 * @param {string} day
 */
const noon = (day) => new Date(`${day}T12:00:00`);

/**
 * @param {string} day
 * @param {number} days
 */
export function plusDays(day, days) {
  const date = noon(day);
  date.setDate(date.getDate() + days);
  return dayOf(date);
}

/**
 * The days from `from` to `to`, both included.
 * @param {Days} days
 */
export function daysOf({ from, to }) {
  const days = [];
  for (let day = from; day <= to && days.length < MOST_DAYS; day = plusDays(day, 1)) days.push(day);
  return days;
}

/** The day it is. */
export const today = () => dayOf(new Date(now()));

/**
 * The last so many days, today included.
 * @param {number} days
 * @returns {Days}
 */
export function last(days) {
  const to = today();
  return { from: plusDays(to, 1 - days), to };
}

/**
 * Whether the server would answer for these days.
 * @param {Days} days
 */
export const answerable = ({ from, to }) => Boolean(from && to && from <= to && plusDays(from, MOST_DAYS - 1) >= to);

/**
 * The address of a report; with `table` (days, hours or agents) of that table for a spreadsheet.
 * @param {Days} days
 * @param {"days" | "hours" | "agents"} [table]
 */
export function address({ from, to }, table) {
  const query = new URLSearchParams({ as: "agent", from, to, ...zone(noon(to)) });
  if (table)
    for (const [name, value] of Object.entries({ format: "csv", table, lang: document.documentElement.lang }))
      query.set(name, value);
  return `/v1/reports?${query}`;
}
