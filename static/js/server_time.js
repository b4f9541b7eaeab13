/**
 * What time it is: the server's time, as a browser's own clock may be wrong by an hour or by a year.
 *
 * From one word of the server to the next the time is counted by `performance.now()`, which nobody can set. In some
 * browsers it stands still while the machine sleeps. A wall clock that ran ahead of it tells of that, or was set: here
 * nobody can know, so the server is asked as well.
 */

import { signal } from "./lib.js";

const SLEEP_MS = 1_000; // clocks that part by less only run a little differently
const LATE_MS = 3_000; // an answer that is later than this did not tarry on its way: the server's clock was set

/* eslint-disable no-restricted-properties -- here alone it is known what a browser's clock is worth */
let wall = Date.now();
let mark = performance.now();
let slept = 0;
let ask = () => {};

/** Milliseconds since the page was opened, sleep included: for all that lasts. Never runs back. */
export function age() {
  const [wallNow, markNow] = [Date.now(), performance.now()];
  const gap = wallNow - wall - (markNow - mark);
  [wall, mark] = [wallNow, markNow];
  if (gap > SLEEP_MS) {
    slept += gap;
    queueMicrotask(ask);
  }
  return markNow + slept;
}

const told = globalThis.document?.getElementById("app")?.dataset.now; // the page itself says when it was made
/** Unix ms at the age of nought. */
let origin = told ? Date.parse(told) - arrival() : Date.now() - age();

function arrival() {
  const [page] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  return page?.responseStart ?? age();
}

/** Moves where the server's word put the time right, so that what shows it need not wait for its next turn. */
export const corrections = signal(0);

/** Unix ms. */
export const now = () => origin + age();

/**
 * The server says what time it is. Of several words the one that travelled fastest is the truest.
 * @param {string} time RFC 3339
 */
export function heard(time) {
  const found = Date.parse(time) - age();
  const wrong = found - origin;
  if (wrong < 0 && wrong > -LATE_MS) return;
  origin = found;
  if (Math.abs(wrong) > SLEEP_MS) corrections.value++;
}

/**
 * How to have the server say it again, when the clocks here disagree.
 * @param {() => unknown} how
 */
export function askBy(how) {
  ask = how;
}
