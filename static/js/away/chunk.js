/** Where somebody may say at which address they are answered once they have left. What asks is a chunk. */

import { html, signal, useEffect } from "../lib.js";
import { loadChunk } from "../chunk.js";

/** @import { Signal } from "../types.d.ts" */

/** Null until it has come. @type {Signal<typeof import("./away.js") | null>} */
const away = signal(null);

/**
 * `part`: which of what it has is `wanted` now; the rest is as that part says.
 * @param {{ part: "Field" | "Card", wanted: unknown, [more: string]: unknown }} props
 */
export function Away({ part, wanted, ...props }) {
  useEffect(() => {
    if (!wanted || away.peek()) return;
    loadChunk(() => import("./away.js")).then(
      (module) => (away.value = module),
      () => {}, // nobody is asked
    );
  }, [!wanted]);
  return wanted && away.value && html`<${away.value[part]} ...${props} />`;
}
