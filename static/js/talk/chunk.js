/** The chunk of what only messages need: how they quote each other, and which are shown large. */

import { signal } from "../lib.js";
import { loadChunk } from "../chunk.js";

/** @import { Signal } from "../types.d.ts" */

/** Null until it has come. @type {Signal<typeof import("./talk.js") | null>} */
export const talk = signal(null);

/** Where it does not come, the next entry asks again; until then messages are plain. */
export const load = () =>
  talk.peek() ||
  loadChunk(() => import("./talk.js")).then(
    (module) => (talk.value = module),
    () => {},
  );
