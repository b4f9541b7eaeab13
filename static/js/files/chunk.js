/** The chunk that draws and sends files, once one was chosen. */

import { signal } from "../lib.js";
import { loadChunk } from "../chunk.js";

/** @import { Signal } from "../types.d.ts" */

/** Null until it has come. @type {Signal<typeof import("./putting/putting.js") | null>} */
export const putting = signal(null);

/** Throws where it does not come. */
export const load = async () => (putting.value ??= await loadChunk(() => import("./putting/putting.js")));
