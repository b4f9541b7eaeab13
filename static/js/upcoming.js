/** Moments to come, as people say them: the time alone today, with the day of the week in the days to come, else with the date. */

import { now } from "./server_time.js";
import { locale } from "./time.js";

const DAY_MS = 86_400_000;

/** @param {string} time RFC 3339 */
export function upcoming(time) {
  const [then, here] = [new Date(time), new Date(now())];
  /** @type {Intl.DateTimeFormatOptions} */
  let day = { day: "numeric", month: "long" };
  if (then.getTime() - here.getTime() < 6 * DAY_MS) day = { weekday: "long" };
  if (then.toDateString() === here.toDateString()) day = {};
  return new Intl.DateTimeFormat(locale, { ...day, hour: "numeric", minute: "2-digit" }).format(then);
}
