/** What a message quotes, in its bubble: whose words, the beginning of them, and the way there. */

import { html } from "../lib.js";
import { gist } from "../gist.js";
import { jumpTo } from "../jump.js";
import { entryOf } from "./log.js";
import { authorOf } from "./author.js";

/** @import { Person } from "../types.d.ts" */
/** @import { Conversation } from "../conversation.js" */

/**
 * Nothing where the reader may not see it, or where it is not kept any more.
 * @param {{ seq: number, conversation: Conversation, called: (user: Person) => string }} props
 */
export function Quoted({ seq, conversation, called }) {
  const entry = entryOf(conversation, seq);
  if (entry === null) return null;
  return html`<button type="button" class="quote" disabled=${!entry} onClick=${() => jumpTo(conversation, seq)}>
    ${entry && html`<bdi>${authorOf(entry.user, conversation.me, called)}</bdi><span dir="auto">${gist(entry)}</span>`}
  </button>`;
}
