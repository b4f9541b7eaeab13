/** The visitor takes the chat along: as a page to read, or as data for programs. Loaded when it is asked for. */

import { html, useState } from "../lib.js";
import { t } from "../i18n.js";
import { save } from "../transcript.js";
import { Ask } from "./ask.js";

/** @param {{ onClose: () => void }} props */
export function Save({ onClose }) {
  const [failed, setFailed] = useState(false);
  /**
   * @param {"html" | "json"} format
   * @param {() => void} close
   */
  const take = (format, close) => save("visitor", format).then(close, () => setFailed(true));
  return html`<${Ask} words=${t(failed ? "save.failed" : "save.ask")} onClose=${onClose}>
    ${(/** @type {() => void} */ close) => html`
      <button type="button" class="button button-main" onClick=${() => take("html", close)}>${t("save.html")}</button>
      <button type="button" class="button" onClick=${() => take("json", close)}>${t("save.json")}</button>
      <button type="button" class="button leave-whole" onClick=${close}>${t("save.cancel")}</button>
    `}
  <//>`;
}
