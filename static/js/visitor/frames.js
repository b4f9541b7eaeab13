/**
 * Between the frames of one shop's pages in this browser, where it lets them talk: that somebody has left. The loaders tell
 * as well that a session is no more, but not why.
 */

/**
 * Calls `left` when they did so in another frame; returns how to say it.
 * @param {() => void} left
 * @returns {() => void}
 */
export function whenLeft(left) {
  try {
    const channel = new BroadcastChannel("chatadmin.frame");
    channel.onmessage = left;
    return () => channel.postMessage("left");
  } catch {
    return () => {}; // refused, with all that a frame on another's site could keep
  }
}
