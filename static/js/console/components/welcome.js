/** The middle of the console while no conversation is up: what waits, and whether we would notice. */

import { html, useEffect, useElement } from "../../lib.js";
import { t, plural } from "../../i18n.js";
import { preference } from "../../preference.js";
import { byMail } from "../by_mail.js";
import { siteless } from "../siteless.js";
import { Popups, SoundTest } from "./alerts_dialog.js";

/** @import { Content, Ref } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const noticed = preference("alerts-noticed", false);
const mailNoticed = preference("mail-noticed", false);

/** @param {{ workspace: Workspace }} props */
export function Welcome({ workspace }) {
  const waiting = workspace.liveList.groups.value.waiting.length;
  const browsing = workspace.browsing.keys.value.length;
  const boss = workspace.isBoss();
  /** @type {Ref<HTMLElement>} */
  const pane = useElement();
  useEffect(() => workspace.focuses("case", () => pane.current?.focus()), [workspace]);
  return html`<section ref=${pane} class="case case-none" aria-label=${t("case.none")} id="case" tabindex="-1">
    <div class="welcome">
      <h2>${waiting ? plural("case.none.waiting", waiting) : t("case.none")}</h2>
      <p class="quiet">${t("case.none.hint")}</p>
      ${browsing > 0 && html`<p class="quiet">${plural("case.none.browsing", browsing)}</p>`}
      ${waiting > 0 && html`<button type="button" class="button button-main" onClick=${() => workspace.claimNext()}>${t("case.next")}</button>`}
      ${siteless.value && boss && html`<${Offer} title=${t("rail.site")} lead=${t("site.lead")} does=${t("site.open")} onDo=${() => workspace.go("site")} />`}
      ${
        !siteless.value &&
        !byMail &&
        !mailNoticed.value &&
        boss &&
        html`<${Offer} title=${t("rail.mail")} lead=${t("smtp.lead")} does=${t("smtp.open")} onDo=${() => workspace.go("mail")}>
          <button type="button" class="button" onClick=${() => (mailNoticed.value = true)}>${t("smtp.later")}</button>
        <//>`
      }
      ${
        !noticed.value &&
        html`<section class="welcome-alerts">
        <h3>${t("alerts.card")}</h3>
        <p class="quiet">${t("alerts.card.hint")}</p>
        <div class="setting"><span>${t("alerts.sound")}</span><${SoundTest} /></div>
        <${Popups} />
        <div class="dialog-actions"><button type="button" class="button" onClick=${() => (noticed.value = true)}>${t("alerts.card.done")}</button></div>
      </section>`
      }
    </div>
  </section>`;
}

/** What an administrator may begin with. @param {{ title: string, lead: string, does: string, onDo: () => void, children?: Content }} props */
function Offer({ title, lead, does, onDo, children }) {
  return html`<section class="welcome-alerts">
    <h3>${title}</h3>
    <p class="quiet">${lead}</p>
    <div class="dialog-actions">${children}<button type="button" class="button" onClick=${onDo}>${does}</button></div>
  </section>`;
}
