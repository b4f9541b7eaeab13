/** A line to send on: shown whole, and copied by a press, or by hand where the browser has no clipboard for us. */

import { html, useEffect, useElement, useState } from "../lib.js";
import { t } from "../i18n.js";

/** @import { Ref } from "../types.d.ts" */

/**
 * `label` names the line, `does` the button, which has the focus as soon as there is something to copy; not if `calm`.
 * @param {{ text: string, label: string, does: string, calm?: boolean }} props
 */
export function CopyLine({ text, label, does, calm }) {
  const [said, say] = useState("");
  /** @type {Ref<HTMLTextAreaElement>} */
  const line = useElement();
  /** @type {Ref<HTMLButtonElement>} */
  const button = useElement();
  useEffect(() => {
    say("");
    if (!calm) button.current.focus();
  }, [text]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say(t("copy.copied"));
    } catch {
      line.current.select(); // over HTTP without TLS there is no clipboard
      say(t("copy.select"));
    }
  };
  return html`<div class="copy-line">
    <textarea ref=${line} class="field" readonly rows="2" dir="ltr" aria-label=${label} value=${text} onFocus=${(event) => event.currentTarget.select()}></textarea>
    <button type="button" ref=${button} class="button button-main" onClick=${copy}>${does}</button>
    <p class="copy-line-note" role="status">${said}</p>
  </div>`;
}
