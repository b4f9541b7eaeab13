/** Time as the list tells it. Clocks tick for the whole page, and only what reads one is painted again. */

import { signal } from "../lib.js";
import { t } from "../i18n.js";
import { now } from "../server_time.js";
import { owedSince, urgency } from "./groups.js";
import { follow, minutes } from "../today.js";

/** @import { Visitor } from "../types.d.ts" */

export { minutes };

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Unix ms, moving each second: for those who wait. */
export const seconds = signal(now());

follow(() => (seconds.value = now()), SECOND_MS);

/**
 * Milliseconds from `text` (RFC 3339) until `end`; never negative, as what was just said may be ahead of a tick.
 * @param {string} text
 * @param {number} end
 */
export function since(text, end) {
  return Math.max(0, end - Date.parse(text));
}

/**
 * How late the answer to a visitor is: "" where none is owed, or not for long.
 * @param {Visitor} item
 */
export function lateness(item) {
  const owed = owedSince(item);
  return owed ? urgency(since(owed, seconds.value)) : "";
}

/**
 * A length of time in the fewest signs: "42 s", "3 min", "2 h", "5 d".
 * @param {number} ms
 */
export function brief(ms) {
  if (ms < MINUTE_MS) return t("time.seconds", { n: Math.floor(ms / SECOND_MS) });
  if (ms < 60 * MINUTE_MS) return t("time.minutes", { n: Math.floor(ms / MINUTE_MS) });
  if (ms < 24 * 60 * MINUTE_MS) return t("time.hours", { n: Math.floor(ms / (60 * MINUTE_MS)) });
  return t("time.days", { n: Math.floor(ms / (24 * 60 * MINUTE_MS)) });
}

/**
 * As `brief`, but "now" below a minute, for what needs no watching.
 * @param {number} ms
 */
export function briefly(ms) {
  return ms < MINUTE_MS ? t("time.now") : brief(ms);
}

/**
 * How long ago that was (RFC 3339): "just now" below a minute.
 * @param {string} text
 */
export function ago(text) {
  const ms = since(text, minutes.value);
  return ms < MINUTE_MS ? t("time.long.now") : t("time.long.ago", { time: brief(ms) });
}
