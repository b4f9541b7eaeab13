/** The entries that are quoted: those that the page holds, and those far above, which the log is asked for one by one. */

import { signal } from "../lib.js";
import { isSaid } from "../history.js";

/** @import { Entry, Message, Note, Signal } from "../types.d.ts" */
/** @import { Conversation } from "../conversation.js" */

/** Null: there is nothing to show; undefined: nobody knows yet. @typedef {Message | Note | null | undefined} Found */

/** @type {WeakMap<Conversation, Map<string, Signal<Found>>>} */
const asked = new WeakMap(); // by epoch and seq
/** One at a time: a page may be full of quotes. */
let last = Promise.resolve();

/**
 * The entry `seq` as its reader may see it; read where something is drawn, it draws again once it is known.
 * @param {Conversation} conversation
 * @param {number} seq
 * @returns {Found}
 */
export function entryOf(conversation, seq) {
  const { entries, floor, place } = conversation.history;
  const held = entries.value.find((entry) => entry.seq === seq);
  if (held || seq >= floor) return spoken(held);
  const known = asked.get(conversation) ?? new Map();
  asked.set(conversation, known);
  const key = `${place?.epoch}.${seq}`;
  if (!known.has(key)) {
    known.set(key, signal(undefined));
    last = last.then(async () => {
      try {
        known.get(key).value = await ask(conversation, seq);
      } catch {
        known.delete(key); // whoever draws it next asks again
      }
    });
  }
  return known.get(key).value;
}

/**
 * @param {Conversation} conversation
 * @param {number} seq
 */
async function ask(conversation, seq) {
  const { value } = await conversation.page(`&after=${seq - 1}`, 1);
  return spoken(value.find((entry) => entry.seq === seq));
}

/** @param {Entry | undefined} entry @returns {Message | Note | null} */
const spoken = (entry) => (entry && isSaid(entry) ? entry : null);
