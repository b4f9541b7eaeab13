/** What this browser keeps of the chat, in the shop's own storage. It may refuse to, and then keeps nothing. */

/** @import { Proven, Remembered } from "../types.d.ts" */

export const KEY = "chatadmin";
const PROVEN = "chatadmin.identity";
const OPEN = "chatadmin.open";

/** @returns {Remembered} */
export function remembered() {
  try {
    const { [OPEN]: open, [PROVEN]: identity } = sessionStorage;
    return { open, identity, ...JSON.parse(localStorage[KEY] ?? "null") };
  } catch {
    return {};
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

/** The session of who is not identified; nothing without a token. @param {Remembered} chat */
export function rememberChat({ token, wrote }) {
  try {
    if (token) localStorage[KEY] = JSON.stringify({ token, wrote });
    else delete localStorage[KEY];
  } catch {
    // as long as this page, then
  }
}

/** @param {Proven} proven */
export function rememberProven({ token, adopt }) {
  try {
    if (token || adopt) sessionStorage[PROVEN] = JSON.stringify({ token, adopt });
    else delete sessionStorage[PROVEN];
  } catch {
    // as long as this page, then
  }
}
