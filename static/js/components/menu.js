/** A button, and below it what can be done besides. Escape and leaving it close it; the focus goes back to the button. */

import { html, useElement, useState } from "../lib.js";

/** @import { Content, Ref } from "../types.d.ts" */

/**
 * `label`: what the button is called; `kind`: its class; `children(act)`: the items, each with `act(run)` as its `onClick`.
 * @param {{ label: string, kind: string, children: (act: (run: () => unknown) => () => void) => Content }} props
 */
export function Menu({ label, kind, children }) {
  const [open, set] = useState(false);
  /** @type {Ref<HTMLButtonElement>} */
  const trigger = useElement();
  const close = () => {
    set(false);
    trigger.current.focus(); // the item that had it goes
  };
  /** @param {FocusEvent & { currentTarget: HTMLElement }} event */
  const leave = (event) =>
    !event.currentTarget.contains(/** @type {Node | null} */ (event.relatedTarget)) && set(false);
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    close();
  };
  return html`<div class="menu" onFocusOut=${leave} onKeyDown=${keys}>
    <button type="button" ref=${trigger} class=${kind} aria-label=${label} title=${label} aria-expanded=${open} onClick=${() => set(!open)}>
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M5 12h.01M12 12h.01M19 12h.01" /></svg>
    </button>
    ${open && html`<div class="menu-items">${children((run) => () => (close(), run()))}</div>`}
  </div>`;
}
