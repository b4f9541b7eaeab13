/** How an emoji gets into a field. */

import { parsed, session } from "../storage.js";

const KEY = "chatadmin.emoji";
const MOST_KEPT = 24;

/** Those that were put in on this tab, the last one first. @returns {string[]} */
export const recent = () => parsed(session.get(KEY), []);

/**
 * Puts an emoji where the caret is, in the place of `typed` characters before it; as if it had been typed.
 * @param {HTMLTextAreaElement} field
 * @param {string} emoji
 */
export function put(field, emoji, typed = 0) {
  field.setRangeText(emoji, field.selectionStart - typed, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
  session.set(KEY, JSON.stringify([emoji, ...recent().filter((one) => one !== emoji)].slice(0, MOST_KEPT)));
}
