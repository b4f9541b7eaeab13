/** The chunk of what only messages need: how they quote each other, and which are shown large. */

import { signal } from "../lib.js";
import { loadChunk } from "../chunk.js";

/** @import { Signal } from "../types.d.ts" */

const SHORT = 60; // UTF-16 units, as of emoji/alone.js: longer ones are not shown large

/** Null until it has come. @type {Signal<typeof import("./talk.js") | null>} */
export const talk = signal(null);

/**
 * Whether an entry cannot be shown without it. For the rest it comes when somebody turns to the thread.
 * @param {{ kind?: string, content?: string, reply_to?: number }} said
 */
export const needed = ({ content = "", reply_to: answers }) =>
  Boolean(answers || (content.length <= SHORT && /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(content)));

/**
 * Where it does not come, the next one who needs it asks again; until then messages are plain. What it is touched with
 * counts, though it comes behind.
 * @param {Event} [event]
 */
export const load = (event) =>
  talk.peek() ||
  loadChunk(() => import("./talk.js")).then(
    (module) => {
      talk.value = module;
      if (event?.type === "pointerdown") module.reveal(event);
    },
    () => {},
  );
