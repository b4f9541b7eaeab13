/** The chunk that shows what a visitor wrote before they logged in, in the conversation that it is linked to. */

import { signal } from "../lib.js";
import { loadChunk } from "../chunk.js";

/** @import { Signal } from "../types.d.ts" */

/** Null until it has come. @type {Signal<typeof import("./linked.js") | null>} */
export const linked = signal(null);

/** Where it does not come, the next thread that needs it asks again. */
export const load = () =>
  linked.peek() ||
  loadChunk(() => import("./linked.js")).then(
    (module) => (linked.value = module),
    () => {},
  );
