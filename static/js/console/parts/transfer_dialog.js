/** To whom to hand a conversation: colleagues who are online. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { Avatar } from "../../components/avatar.js";
import { Dialog } from "./dialog.js";

export function TransferDialog({ desk, item, onClose }) {
  const colleagues = desk.colleagues.value;
  const give = (agent) => {
    onClose();
    desk.actions.transfer(item, agent);
  };
  return html`<${Dialog} name="transfer" title=${t("transfer.title", { name: item.nickname })} onClose=${onClose}>
    <p class="dialog-note">${t(colleagues.length ? "transfer.lead" : "transfer.nobody")}</p>
    <ul class="colleagues">
      ${colleagues.map(
        (agent) => html`<li key=${agent.uid}>
          <button type="button" class="colleague" onClick=${() => give(agent)}>
            <span class="visitor-row-face" data-online><${Avatar} name=${agent.nickname} /></span>
            <bdi>${agent.nickname}</bdi>
            <span class="quiet">${t("transfer.online")}</span>
          </button>
        </li>`,
      )}
    </ul>
    <div class="dialog-actions"><button type="button" class="button" onClick=${onClose}>${t("transfer.cancel")}</button></div>
  <//>`;
}
