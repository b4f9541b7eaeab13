/** Emoji whose name is being written: arrows choose, Enter or Tab puts one in, Escape leaves the text as it is. */

import { html, useEffect, useElement, useId, useLayoutEffect, useState } from "../lib.js";
import { plural, t } from "../i18n.js";
import { isComposing } from "../composing.js";
import { named } from "./names.js";
import { put } from "./put.js";

/** @import { Ref } from "../types.d.ts" */
/** @import { Emoji } from "./names.js" */

const MOST_SHOWN = 8;

/**
 * `name` is what stands behind the colon before the caret, and `text` all that is in the field, which keeps the focus.
 * @param {{ field: Ref<HTMLTextAreaElement>, name: string, text: string }} props
 */
export function Menu({ field, name, text }) {
  const id = useId();
  /** @type {Ref<HTMLElement>} */
  const list = useElement();
  const [found, find] = useState({ name: "", emoji: /** @type {Emoji[]} */ ([]) });
  const [at, setAt] = useState(0);
  const [closedAt, close] = useState(/** @type {string | null} */ (null)); // the text for which Escape was pressed
  const shown = closedAt === text || found.name !== name ? [] : found.emoji;
  const chosen = Math.min(at, shown.length - 1);
  useEffect(() => {
    let wanted = true;
    named(name, MOST_SHOWN).then(
      (emoji) => {
        if (!wanted) return;
        find({ name, emoji });
        setAt(0);
      },
      () => {}, // without the lists a colon is a colon
    );
    return () => (wanted = false);
  }, [name]);
  /** @param {Emoji} one */
  const take = ({ emoji }) => put(field.current, emoji, name.length + 1);
  useLayoutEffect(() => {
    if (chosen < 0) return undefined;
    const pressed = listening(field.current, {
      ArrowDown: () => setAt((chosen + 1) % shown.length),
      ArrowUp: () => setAt((chosen + shown.length - 1) % shown.length),
      Enter: () => take(shown[chosen]),
      Tab: () => take(shown[chosen]),
      Escape: () => close(text),
    });
    const said = describing(field.current, { "aria-controls": id, "aria-activedescendant": `${id}${chosen}` });
    list.current.children[chosen].scrollIntoView({ block: "nearest" });
    return () => [pressed, said].forEach((stop) => stop());
  });
  return html`<span class="said" role="status">${shown.length > 0 && plural("emoji.found", shown.length)}</span>
    ${
      shown.length > 0 &&
      html`<ul class="emoji-popup emoji-menu" id=${id} role="listbox" aria-label=${t("emoji.open")} ref=${list} onMouseDown=${(event) => event.preventDefault()}>
      ${shown.map(
        (one, n) =>
          html`<li key=${one.emoji} id=${`${id}${n}`} role="option" aria-selected=${n === chosen} onClick=${() => take(one)}>
            <b>${one.emoji}</b><span>${one.name}</span>${one.short && html`<small>:${one.short}</small>`}
          </li>`,
      )}
    </ul>`
    }`;
}

/**
 * Takes these keys before the field does; returns what ends that.
 * @param {HTMLElement} field
 * @param {Record<string, () => void>} keys
 */
function listening(field, keys) {
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    const does = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey && keys[event.key];
    if (!does || isComposing(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    does();
  };
  field.addEventListener("keydown", pressed, true);
  return () => field.removeEventListener("keydown", pressed, true);
}

/**
 * Gives the field these attributes; returns what takes them away.
 * @param {HTMLElement} field
 * @param {Record<string, string>} attributes
 */
function describing(field, attributes) {
  for (const [name, value] of Object.entries(attributes)) field.setAttribute(name, value);
  return () => Object.keys(attributes).forEach((name) => field.removeAttribute(name));
}
