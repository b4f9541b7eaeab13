/** The middle of the console while no conversation is up: what waits, and whether we would notice. */

import { html, useEffect, useElement } from "../../lib.js";
import { t, plural } from "../../i18n.js";
import { preference } from "../../preference.js";
import { siteless } from "../siteless.js";
import { Popups, SoundTest } from "./alerts_dialog.js";

/** @import { Ref } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const noticed = preference("alerts-noticed", false);

/** @param {{ workspace: Workspace }} props */
export function Welcome({ workspace }) {
  const waiting = workspace.liveList.groups.value.waiting.length;
  const browsing = workspace.browsing.keys.value.length;
  /** @type {Ref<HTMLElement>} */
  const pane = useElement();
  useEffect(() => workspace.focuses("case", () => pane.current?.focus()), [workspace]);
  return html`<section ref=${pane} class="case case-none" aria-label=${t("case.none")} id="case" tabindex="-1">
    <div class="welcome">
      <h2>${waiting ? plural("case.none.waiting", waiting) : t("case.none")}</h2>
      <p class="quiet">${t("case.none.hint")}</p>
      ${browsing > 0 && html`<p class="quiet">${plural("case.none.browsing", browsing)}</p>`}
      ${waiting > 0 && html`<button type="button" class="button button-main" onClick=${() => workspace.claimNext()}>${t("case.next")}</button>`}
      ${
        siteless.value &&
        workspace.isBoss() &&
        html`<section class="welcome-alerts">
        <h3>${t("rail.site")}</h3>
        <p class="quiet">${t("site.lead")}</p>
        <div class="dialog-actions"><button type="button" class="button" onClick=${() => workspace.go("site")}>${t("site.open")}</button></div>
      </section>`
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
