/** Whether a key is the input method's, which composes what is written: it must do nothing else. */

import { age } from "./server_time.js";

const GRACE_MS = 50; // Safari ends a composition just before the Enter that ended it
let endedAt = -Infinity;

addEventListener("compositionend", () => (endedAt = age()), true);

/** @param {KeyboardEvent} event */
export const isComposing = (event) =>
  event.isComposing || event.keyCode === 229 || (event.key === "Enter" && age() - endedAt < GRACE_MS);
