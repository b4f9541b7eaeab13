/** Moments to come, as people say them: the time alone today, with the day of the week in the days to come, else with the date. */

import { now } from "./server_time.js";
import { clock, locale } from "./time.js";

const DAY_MS = 86_400_000;

/** @param {string} time RFC 3339 */
export function upcoming(time) {
  const [then, here] = [new Date(time), new Date(now())];
  /** @param {Intl.DateTimeFormatOptions} how */
  const told = (how) => new Intl.DateTimeFormat(locale, how).format(then);
  if (then.toDateString() === here.toDateString()) return clock(then);
  // of the two together some languages make (화요일) 오전 9:00
  if (then.getTime() - here.getTime() < 6 * DAY_MS) return `${told({ weekday: "long" })} ${clock(then)}`;
  return told({ day: "numeric", month: "long", hour: "numeric", minute: "2-digit" });
}
