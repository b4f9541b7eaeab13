/** A button, and what can be done besides. Escape, leaving and a press beside it close it; the focus goes back. */

import { html, useEffect, useElement, useState } from "../lib.js";

/** @import { Content, Ref } from "../types.d.ts" */

/** What an item of a menu does when it is pressed: closes the menu, and runs. @typedef {(run: () => unknown) => () => void} Act */

/**
 * `name`-menu is the class of what opens; `trigger`: the attributes of the button, and `face` what is on it;
 * `children(act)`: the items, each with `act(run)` as its `onClick` if it is done then.
 * @param {{
 *   name: string,
 *   trigger: Record<string, string | undefined>,
 *   face: Content,
 *   children: (act: Act) => Content,
 * }} props
 */
export function Menu({ name, trigger, face, children }) {
  const [open, set] = useState(false);
  /** @type {Ref<HTMLButtonElement>} */
  const button = useElement();
  useEffect(() => {
    // Safari gives a button that is pressed no focus, so none leaves either
    const press = (/** @type {PointerEvent} */ { target }) =>
      button.current.parentElement?.contains(/** @type {Node} */ (target)) || set(false);
    if (open) addEventListener("pointerdown", press);
    return () => removeEventListener("pointerdown", press);
  }, [open]);
  const close = () => {
    set(false);
    button.current.focus(); // the item that had it goes
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
    <button type="button" ref=${button} ...${trigger} aria-expanded=${open} onClick=${() => set(!open)}>${face}</button>
    ${open && html`<div class=${`menu-items ${name}-menu`}>${children((run) => () => (close(), run()))}</div>`}
  </div>`;
}
