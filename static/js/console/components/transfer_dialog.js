/** To whom to hand a conversation, with a note for them: colleagues who are online, those who take conversations first. */

import { html, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { Avatar } from "../../components/avatar.js";
import { Dialog } from "./dialog.js";

/** @import { Agent, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, item: Visitor, onClose: () => void }} props */
export function TransferDialog({ workspace, item, onClose }) {
  const [note, setNote] = useState("");
  const colleagues = [...workspace.colleagues.value].sort((a, b) => Number(b.accepting) - Number(a.accepting));
  /** @param {Agent} agent */
  const give = (agent) => {
    onClose();
    workspace.actions.transfer(item, agent, note.trim());
  };
  return html`<${Dialog} name="transfer" title=${t("transfer.title", { name: item.called })} onClose=${onClose}>
    <p class="dialog-note">${t(colleagues.length ? "transfer.lead" : "transfer.nobody")}</p>
    ${
      colleagues.length > 0 &&
      html`<label class="transfer-note"><span>${t("transfer.note")}</span>
      <textarea class="field" rows="2" dir="auto" value=${note} onInput=${(event) => setNote(event.currentTarget.value)}></textarea>
    </label>`
    }
    <ul class="colleagues">
      ${colleagues.map(
        (agent) => html`<li key=${agent.uid}>
          <button type="button" class="colleague" onClick=${() => give(agent)}>
            <span class="visitor-row-face" data-online=${agent.accepting ? "" : undefined}><${Avatar} name=${agent.nickname} /></span>
            <bdi>${agent.nickname}</bdi>
            <span class="quiet">${t(agent.accepting ? "transfer.online" : "context.team.away")}</span>
          </button>
        </li>`,
      )}
    </ul>
    <div class="dialog-actions"><button type="button" class="button" onClick=${onClose}>${t("transfer.cancel")}</button></div>
  <//>`;
}
