/** The sheet of keys, opened with "?". */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { commands } from "../commands.js";
import { KEYS } from "../keys.js";
import { Dialog } from "./dialog.js";

/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, onClose: () => void }} props */
export function KeySheet({ workspace, onClose }) {
  const can = commands(workspace);
  const rows = [
    ...KEYS.map((key) => [key.shows, t(can[key.does]?.words ?? "key.escape")]),
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
