/** The way to an entry far above: the history is loaded down to it. */

/** @import { Conversation } from "./conversation.js" */

const PAGE_SIZE = 200; // larger than those that a scroll asks for
const MOST_PAGES = 25; // five thousand entries are as many as a page can show

/**
 * Shows the entry `seq` of a conversation. False where it is too far back or out of reach.
 * @param {Conversation} conversation
 * @param {number} seq
 */
export async function jumpTo(conversation, seq) {
  const { history, state } = conversation;
  for (let pages = 0; state.peek() !== "ready" || (history.floor > seq && history.older.peek()); pages++) {
    if (pages > MOST_PAGES || conversation.closed) return false;
    if (state.peek() !== "ready") await loaded(conversation);
    else if (!(await conversation.loadOlder(PAGE_SIZE))) return false;
  }
  conversation.unfold(seq, true); // what is sought may be at its end
  conversation.target.value = seq;
  return true;
}

/**
 * Waits until the newest page is there, or the conversation is let go of.
 * @param {Conversation} conversation
 */
function loaded(conversation) {
  return new Promise((/** @type {(none?: undefined) => void} */ resolve) => {
    const stop = conversation.state.subscribe((state) => {
      if (state !== "ready" && !conversation.closed) return;
      resolve();
      queueMicrotask(() => stop()); // the first call comes before `stop` is known
    });
  });
}
