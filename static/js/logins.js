/** Log-ins in other pages of this browser: all share one cookie, so who logs in in one is logged in in all of them. */

import { get, statusOf } from "./api.js";

/** @import { Me, Side } from "./types.d.ts" */

/**
 * Who is logged in in this browser, null for nobody. Throws where the server is out of reach.
 * @param {Side} as
 * @returns {Promise<Me | null>}
 */
export async function whoami(as) {
  try {
    return await get(`/v1/me?as=${as}`);
  } catch (error) {
    if (statusOf(error) === 401) return null;
    throw error;
  }
}

/**
 * Watches for them. `idle()`: whether this page is nobody's; then `found(me)` is called as soon as somebody is logged
 * in. `left()`: somebody left on another page, for good.
 *
 * Returns `look()`, which looks at once, and `tell("came" | "left")`, which tells the other pages.
 * @param {Side} as
 * @param {{ idle: () => boolean, found: (me: Me) => void, left?: () => void }} page
 */
export function watchLogins(as, { idle, found, left }) {
  const look = async () => {
    const me = idle() && (await whoami(as).catch(() => null));
    if (me && idle()) found(me);
  };
  const channel = new BroadcastChannel(`chatadmin.${as}`);
  channel.onmessage = ({ data }) => (data === "left" ? left?.() : look());
  document.addEventListener("visibilitychange", () => document.hidden || look());
  addEventListener("pageshow", (event) => event.persisted && look()); // kept for the way back, as it was
  return { look, tell: (/** @type {"came" | "left"} */ what) => channel.postMessage(what) };
}
