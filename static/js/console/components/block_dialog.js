/** Blocking is asked twice: it ends the conversation. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { Dialog } from "./dialog.js";

/** @import { Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, item: Visitor, onClose: () => void }} props */
export function BlockDialog({ workspace, item, onClose }) {
  const block = () => {
    onClose();
    workspace.actions.block(item, true);
  };
  return html`<${Dialog} name="block" title=${t("block.title", { name: item.called })} onClose=${onClose}>
    <p class="dialog-note">${t("block.lead")}</p>
    <div class="dialog-actions">
      <button type="button" class="button" onClick=${onClose}>${t("transfer.cancel")}</button>
      <button type="button" class="button button-alarm" onClick=${block}>${t("case.block")}</button>
    </div>
  <//>`;
}
