/** Time as the list tells it. Two clocks tick for the whole page, and only what reads one is painted again. */

import { signal } from "../lib.js";
import { t } from "../i18n.js";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Unix ms, moving each second (for those who wait) and each 15 s (for all others). */
export const seconds = signal(Date.now());
export const minutes = signal(Date.now());

setInterval(() => (seconds.value = Date.now()), SECOND_MS);
setInterval(() => (minutes.value = Date.now()), 15 * SECOND_MS);
document.addEventListener("visibilitychange", () => {
  seconds.value = minutes.value = Date.now();
});

/**
 * Milliseconds from `text` (RFC 3339) until `now`; never negative, as clocks differ a little.
 * @param {string} text
 * @param {number} now
 */
export function since(text, now) {
  return Math.max(0, now - Date.parse(text));
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
