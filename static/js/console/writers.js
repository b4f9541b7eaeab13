/** Who is writing in which conversation, as the stream tells it: for five seconds, unless it is told again. */

import { signal } from "../lib.js";

/** @import { Signal, Timer, Visitor } from "../types.d.ts" */

const SHOWN_TIME_MS = 5_000;

class Writers {
  /** Their uids. @type {Signal<string[]>} */
  who = signal([]);
  /** @type {Timer} */
  #timer;

  /** @param {string[]} by All who write now. */
  heard(by) {
    clearTimeout(this.#timer);
    this.who.value = by;
    if (by.length) this.#timer = setTimeout(() => (this.who.value = []), SHOWN_TIME_MS);
  }

  /** What somebody wrote has come. @param {string} uid */
  said(uid) {
    if (this.who.peek().includes(uid)) this.who.value = this.who.peek().filter((one) => one !== uid);
  }
}

/** With a visitor's row goes who writes in their conversation. @type {WeakMap<Signal<Visitor>, Writers>} */
const known = new WeakMap();

/**
 * Who writes in the conversation of the visitor whose row this is.
 * @param {Signal<Visitor>} row
 */
export function writersOf(row) {
  let found = known.get(row);
  if (!found) known.set(row, (found = new Writers()));
  return found;
}
