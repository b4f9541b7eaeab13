/** A modal window: the browser's own, which keeps the focus inside, gives it back, and closes on Escape. */

import { html, useLayoutEffect, useRef } from "../../lib.js";

export function Dialog({ name, title, onClose, children }) {
  const window = useRef(null);
  // Before anything is painted: a key pressed as soon as the window is seen must be the window's.
  useLayoutEffect(() => {
    const before = document.activeElement;
    window.current.showModal();
    return () => before?.isConnected && before.focus();
  }, []);
  return html`<dialog
    ref=${window}
    class=${`dialog dialog-${name}`}
    aria-labelledby=${`dialog-${name}`}
    onClose=${onClose}
    onClick=${(event) => event.target === window.current && onClose()}
  >
    <div class="dialog-body">
      <h2 id=${`dialog-${name}`}>${title}</h2>
      ${children}
    </div>
  </dialog>`;
}
