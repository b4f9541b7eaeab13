/** The sheet of keys, opened with "?". */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { KEYS } from "../keys.js";
import { Dialog } from "./dialog.js";

/** @param {{ onClose: () => void }} props */
export function KeySheet({ onClose }) {
  const rows = [
    ...KEYS.map((key) => [key.shows, t(`key.${key.does}`)]),
    ["Enter", t("key.enter")],
    ["Shift Enter", t("key.break")],
  ];
  return html`<${Dialog} name="keys" title=${t("sheet.title")} onClose=${onClose}>
    <dl class="keys">
      ${rows.map(([keys, does]) => html`<div key=${keys}><dt>${keys.split(" ").map((key) => html`<kbd key=${key}>${key}</kbd>`)}</dt><dd>${does}</dd></div>`)}
    </dl>
    <p class="dialog-note">${t("sheet.note")}</p>
    <div class="dialog-actions"><button type="button" class="button" onClick=${onClose}>${t("sheet.close")}</button></div>
  <//>`;
}
