/** Whether mail is sent, by what the configuration says now. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { Section } from "../settings/controls.js";
import { Attempt } from "./attempt.js";

/** @import { MailSetup } from "../../types.d.ts" */

/** @param {{ setup: MailSetup, to: string, onTo: (to: string) => void, busy: boolean, onTry: () => void }} props */
export function Standing({ setup, ...trying }) {
  const { server, sender, url, sends } = setup;
  const lacks = [
    !server && t("smtp.now.lacks.server"),
    !sender && t("smtp.now.lacks.sender"),
    !url && t("smtp.now.lacks.url"),
  ].filter(Boolean);
  return html`<${Section} name="mail-now" title=${t("smtp.now")} lead=${sends && server ? t("smtp.now.sends", { host: server.host, sender, url }) : t("smtp.now.lacks")}>
    ${lacks.length > 0 && html`<ul class="mail-lacks">${lacks.map((words) => html`<li key=${words}>${words}</li>`)}</ul>`}
    <p>${t(sends ? "smtp.now.try" : "smtp.now.steps")}</p>
    ${server && sender && html`<${Attempt} ...${trying} fit=${true} />`}
  <//>`;
}
