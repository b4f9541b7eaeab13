/** What the agent looks at. All pages of the browser know it, so that none alerts the agent of what they see. */

import { preference } from "../preference.js";

/** The uid of the visitor whose conversation is up, "" for the list alone, null while the agent looks at no page of ours. */
const lookedAt = preference("eyes", /** @type {string | null} */ (null));

/**
 * Whether the agent looks at the conversation with `uid` now; without one, at any of our pages.
 * @param {string} [uid]
 */
export const looking = (uid) => (uid ? lookedAt.peek() === uid : lookedAt.peek() !== null);

/**
 * This page shows `here` now; whether anybody looks at it is the browser's to say.
 * @param {string} here
 */
export function look(here) {
  if (!document.hidden && document.hasFocus()) lookedAt.value = here;
  else if (lookedAt.peek() === here) lookedAt.value = null;
}
