/** A question to answer first: what is behind it waits. `children(close)` are the answers; closing gives the focus back. */

import { html, useElement, useLayoutEffect } from "../../lib.js";

/** @import { Content, Ref } from "../../types.d.ts" */

/** @param {{ words: string, onClose: () => void, children: (close: () => void) => Content }} props */
export function Ask({ words, onClose, children }) {
  /** @type {Ref<HTMLDialogElement>} */
  const dialog = useElement();
  useLayoutEffect(() => dialog.current.showModal(), []); // before anything in it takes the focus
  return html`<dialog class="leave" ref=${dialog} aria-labelledby="ask" onClose=${onClose}>
    <p id="ask" aria-live="polite">${words}</p>
    ${children(() => dialog.current.close())}
  </dialog>`;
}
