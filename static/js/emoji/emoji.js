/** Emoji for a field: a button that opens all of them, and names behind a colon. Both are loaded when first asked for. */

import { html, useEffect, useElement, useState } from "../lib.js";
import { t } from "../i18n.js";
import { loadChunk } from "../chunk.js";

/** @import { Ref } from "../types.d.ts" */

/**
 * The name that is being written at the end of a text: what stands behind a colon at the beginning of a word. Letters
 * make two a name; of other scripts one says enough.
 */
export const NAME = /(?:^|\s)[:：]([\w+-]{2,}|[^\0-\x7f：]\S*)$/;

/**
 * `text`: what is in the field.
 * @param {{ field: Ref<HTMLTextAreaElement>, text: string }} props
 */
export function Emoji({ field, text }) {
  const [module, keep] = useState(/** @type {typeof import("./panel.js") | null} */ (null));
  const [open, set] = useState(false);
  const [failed, fail] = useState(false);
  /** @type {Ref<HTMLButtonElement>} */
  const button = useElement();
  const name = NAME.exec(text.slice(0, field.current?.selectionStart))?.[1];
  const asked = open || Boolean(name);
  useEffect(() => {
    if (asked && !module) loadChunk(() => import("./panel.js")).then(keep, () => fail(true));
  }, [asked]);
  const close = () => set(false);
  return html`<button type="button" ref=${button} class="composer-tool emoji-button" aria-label=${t("emoji.open")} title=${t("emoji.open")} aria-expanded=${open} onClick=${() => set(!open)}>
      <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M8.5 14.5s1.2 2 3.5 2 3.5-2 3.5-2M9 9.5h.01M15 9.5h.01" /></svg>
    </button>
    ${open && !module && failed && html`<p class="emoji-popup emoji-failed" role="alert">${t("emoji.failed")}</p>`}
    ${module && open && html`<${module.Picker} field=${field} button=${button} onClose=${close} />`}
    ${module && !open && name && html`<${module.Menu} field=${field} name=${name} text=${text} />`}`;
}
