/** Whether an answer reaches a visitor who has left: by mail, or not before they come back. */

/** @import { Visitor } from "../types.d.ts" */

/**
 * `vouched`: the shop vouches for the address, and so for mail to it. `agreed`: somebody agreed to mail there. `unasked`:
 * nobody has yet. `bounced`, `stopped`: nothing goes there any more, as it came back, or its reader wants none.
 * @typedef {"none" | "vouched" | "agreed" | "unasked" | "bounced" | "stopped"} Reach
 */

/**
 * @param {Pick<Visitor, "email" | "identity" | "mail">} visitor
 * @returns {Reach}
 */
export function reachOf({ email, identity, mail }) {
  if (!email) return "none";
  if (mail?.bounced) return "bounced";
  if (mail?.stopped) return "stopped";
  if (email === identity?.email) return "vouched";
  return mail?.agreed ? "agreed" : "unasked";
}
