/** What the agent has before their eyes. All pages of the browser know it, so that none alerts them of what they see. */

import { preference } from "./prefs.js";

/** The uid in some page of this browser, "" for the list alone, null when they look elsewhere. */
const eyes = preference("eyes", /** @type {string | null} */ (null));

/**
 * Whether the agent looks at the conversation with `uid` now; without one, at any of our pages.
 * @param {string} [uid]
 */
export const looking = (uid) => (uid ? eyes.peek() === uid : eyes.peek() !== null);

/**
 * This page shows `here` now; whether anybody looks at it is the browser's to say.
 * @param {string} here
 */
export function look(here) {
  if (!document.hidden && document.hasFocus()) eyes.value = here;
  else if (eyes.peek() === here) eyes.value = null;
}
