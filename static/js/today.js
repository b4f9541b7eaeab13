/** The day and the time zone, followed for as long as the page is open; only what reads them is painted again. */

import { computed, effect, signal } from "./lib.js";
import { corrections, now } from "./server_time.js";

const INTERVAL_MS = 15_000;

const zoneHere = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * Looks at the time each `interval` ms, after sleep, and when the server has put it right.
 * @param {() => void} look
 * @param {number} interval
 */
export function follow(look, interval) {
  setInterval(look, interval);
  document.addEventListener("visibilitychange", look);
  effect(() => {
    corrections.value;
    look();
  });
}

/** Unix ms, moving each 15 s. */
export const minutes = signal(now());
/** Where the reader is; a laptop travels. */
export const zoneName = signal(zoneHere());
/** The day it is here, as `dayKey` (time.js) names it. */
export const today = computed(() => (zoneName.value, new Date(minutes.value).toDateString()));

function look() {
  minutes.value = now();
  zoneName.value = zoneHere();
}

follow(look, INTERVAL_MS);
