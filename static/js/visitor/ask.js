/** A question to answer first: what is behind it waits. `children(close)` are the answers; closing gives the focus back. */

import { html, useEffect, useRef } from "../lib.js";

export function Ask({ words, onClose, children }) {
  const dialog = useRef(null);
  useEffect(() => dialog.current.showModal(), []);
  return html`<dialog class="leave" ref=${dialog} aria-labelledby="ask" onClose=${onClose}>
    <p id="ask" aria-live="polite">${words}</p>
    ${children(() => dialog.current.close())}
  </dialog>`;
}
