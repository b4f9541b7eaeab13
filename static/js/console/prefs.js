/** What this browser remembers of the agent's wishes. All pages of the browser follow a change at once. */

import { effect, signal } from "../lib.js";

/** A signal kept in localStorage under `chatadmin.<name>`. Where storage is refused it lasts as long as the page. */
export function preference(name, initial) {
  const key = `chatadmin.${name}`;
  const value = signal(read(key, initial));
  addEventListener("storage", (event) => {
    if (event.key === key) value.value = read(key, initial);
  });
  effect(() => {
    try {
      localStorage.setItem(key, JSON.stringify(value.value));
    } catch {
      // private windows and full disks: the wish is kept by the signal alone
    }
  });
  return value;
}

function read(key, initial) {
  try {
    const text = localStorage.getItem(key);
    return text === null ? initial : JSON.parse(text);
  } catch {
    return initial; // refused, or not ours to read
  }
}

export const soundOn = preference("sound", true);
export const popupsOn = preference("popups", true);
