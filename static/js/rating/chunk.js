/** Where a visitor is asked how it was: below a conversation that was closed. What asks is a chunk. */

import { html, signal, useEffect } from "../lib.js";
import { loadChunk } from "../chunk.js";

/** @import { Signal } from "../types.d.ts" */
/** @import { Conversation } from "../conversation.js" */

const TURNS = new Set(["claimed", "resolved"]); // and what is said: after each of these it is over, or it is not

/** Null until it has come. @type {Signal<typeof import("./rating.js") | null>} */
const rating = signal(null);

/** @param {{ conversation: Conversation }} props */
export function Rating({ conversation }) {
  const closed = closedAt(conversation);
  useEffect(() => {
    if (!closed || rating.peek()) return;
    loadChunk(() => import("./rating.js")).then(
      (module) => (rating.value = module),
      () => {}, // nobody is asked; the next one who is has it loaded again
    );
  }, [closed]);
  return closed > 0 && rating.value && html`<${rating.value.Card} key=${closed} conversation=${conversation} />`;
}

/**
 * The seq of the event that closed it, 0 where it is open: something was said since, or is on its way.
 * @param {Conversation} conversation
 */
function closedAt({ history, outbox, uploads }) {
  if (outbox.items.value.length + uploads.value.length) return 0;
  const [last] = history.entries.value.filter(({ type, kind = "" }) => type === "message" || TURNS.has(kind)).slice(-1);
  return last?.kind === "resolved" ? last.seq : 0;
}
