/** To whom to hand a conversation, with a note for them: colleagues who are online, those who take conversations first. */

import { html, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { Avatar, faceOf } from "../../components/avatar.js";
import { Dialog } from "./dialog.js";

/** @import { Agent, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, item: Visitor, onClose: () => void }} props */
export function TransferDialog({ workspace, item, onClose }) {
  const note = workspace.conversations.draft(`${item.uid}.transfer`); // kept until it was handed over
  const [chosen, choose] = useState("");
  const [trouble, say] = useState("");
  const colleagues = [...workspace.colleagues.value].sort((a, b) => Number(b.accepting) - Number(a.accepting));
  const to = colleagues.find((agent) => agent.uid === chosen);
  /** @param {SubmitEvent} event */
  const give = async (event) => {
    event.preventDefault();
    if (!to) return say(t("transfer.choose"));
    onClose();
    if (await workspace.actions.transfer(item, to, note.peek().trim())) note.value = "";
  };
  return html`<${Dialog} name="transfer" title=${t("transfer.title", { name: item.called })} onClose=${onClose}>
    <p class="dialog-note">${t(colleagues.length ? "transfer.lead" : "transfer.nobody")}</p>
    <form class="transfer" onSubmit=${give}>
      <ul class="colleagues" role="radiogroup" aria-label=${t("transfer.to")}>
        ${colleagues.map((agent) => html`<${Colleague} key=${agent.uid} agent=${agent} chosen=${agent === to} onChoose=${() => (choose(agent.uid), say(""))} />`)}
      </ul>
      ${
        colleagues.length > 0 &&
        html`<label class="transfer-note"><span>${t("transfer.note")}</span>
        <textarea class="field" rows="2" dir="auto" value=${note.value} onInput=${(event) => (note.value = event.currentTarget.value)}></textarea>
      </label>`
      }
      <p class="trouble" role="alert">${trouble}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("transfer.cancel")}</button>
        ${colleagues.length > 0 && html`<button type="submit" class="button button-main">${to ? t("transfer.give", { name: to.nickname }) : t("case.transfer")}</button>`}
      </div>
    </form>
  <//>`;
}

/** @param {{ agent: Agent, chosen: boolean, onChoose: () => void }} props */
function Colleague({ agent, chosen, onChoose }) {
  return html`<li role="none">
    <label class="colleague" data-chosen=${chosen ? "" : undefined}>
      <input type="radio" name="to" checked=${chosen} onChange=${onChoose} />
      <span class="visitor-row-face" data-online=${agent.accepting ? "" : undefined}><${Avatar} name=${agent.nickname} face=${faceOf(agent.uid)} /></span>
      <bdi>${agent.nickname}</bdi>
      <span class="quiet">${t(agent.accepting ? "transfer.online" : "context.team.away")}</span>
    </label>
  </li>`;
}
