/** Time as the list tells it. Clocks tick for the whole page, and only what reads one is painted again. */

import { effect, signal } from "../lib.js";
import { t } from "../i18n.js";
import { corrections, now } from "../server_time.js";

export { minutes } from "../today.js";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Unix ms, moving each second: for those who wait. */
export const seconds = signal(now());

const look = () => (seconds.value = now());
setInterval(look, SECOND_MS);
document.addEventListener("visibilitychange", look);
effect(() => {
  corrections.value;
  look();
});

/**
 * Milliseconds from `text` (RFC 3339) until `end`; never negative, as what was just said may be ahead of a tick.
 * @param {string} text
 * @param {number} end
 */
export function since(text, end) {
  return Math.max(0, end - Date.parse(text));
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
