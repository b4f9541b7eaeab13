/** A modal window: the browser's own, which keeps the focus inside, gives it back, and closes on Escape. */

import { html, useEffect, useElement, useLayoutEffect, useRef } from "../../lib.js";

/** @import { Content, Ref } from "../../types.d.ts" */

/** @param {{ name: string, title: string, onClose: () => void, children: Content }} props */
export function Dialog({ name, title, onClose, children }) {
  /** @type {Ref<HTMLDialogElement>} */
  const window = useElement();
  const before = useRef(/** @type {Element | null} */ (null));
  // Before anything is painted: a key pressed as soon as the window is seen must be the window's.
  useLayoutEffect(() => {
    before.current = document.activeElement;
    window.current.showModal();
  }, []);
  // Once it is gone: while it is open nothing beneath it takes the focus.
  useEffect(
    () => () => {
      if (before.current instanceof HTMLElement && before.current.isConnected) before.current.focus();
    },
    [],
  );
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
