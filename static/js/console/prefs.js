/** What this browser remembers of the agent's wishes. All pages of the browser follow a change at once. */

import { effect, signal } from "../lib.js";
import { local, parsed } from "../storage.js";

/** @import { Signal } from "../types.d.ts" */

/**
 * A signal kept under `chatadmin.<name>` for every page of this browser.
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
  effect(() => local.set(key, JSON.stringify(value.value)));
  return value;
}

export const soundOn = preference("sound", true);
export const popupsOn = preference("popups", true);
