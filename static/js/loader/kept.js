/** What this browser keeps of the chat, in the shop's own storage. It may refuse to, and then keeps nothing. */

/** @import { Remembered } from "../types.d.ts" */

export const KEY = "chatadmin";
const OPEN = "chatadmin.open";

/** @returns {Remembered} */
export function remembered() {
  let open;
  try {
    open = sessionStorage[OPEN];
    return { open, ...JSON.parse(localStorage[KEY]) };
  } catch {
    return { open };
  }
}

/** Somebody pressed: so it is on the next page of this tab. @param {boolean} open */
export function rememberOpen(open) {
  try {
    sessionStorage[OPEN] = +open;
  } catch {
    // as long as this page, then
  }
}

/** From the first message on; nothing without a token. @param {Remembered} chat */
export function rememberChat({ token, wrote }) {
  try {
    if (token) localStorage[KEY] = JSON.stringify({ token, wrote });
    else delete localStorage[KEY];
  } catch {
    // as long as this page, then
  }
}
