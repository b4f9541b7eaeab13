/** What this browser remembers of somebody's wishes. All pages of the browser follow a change at once. */

import { effect, signal } from "./lib.js";
import { local, parsed } from "./storage.js";

/** @import { Signal } from "./types.d.ts" */

/**
 * A signal kept under `chatadmin.<name>` for every page of this browser. `initial` is nothing that anybody wished for, and
 * leaves nothing behind.
 * @template T
 * @param {string} name
 * @param {T} initial
 * @returns {Signal<T>}
 */
export function preference(name, initial) {
  const key = `chatadmin.${name}`;
  const read = () => parsed(local.get(key), initial);
  const value = signal(read());
  addEventListener("storage", (event) => {
    if (event.key === key) value.value = read();
  });
  effect(() => local.set(key, value.value === initial ? null : JSON.stringify(value.value)));
  return value;
}
