/** Settings: the whole shop's for administrators; one's own, and one's own canned replies, for everybody. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { Backups } from "./backups.js";
import { Colours } from "./colours.js";
import { Section } from "./controls.js";
import { useSettings } from "./form.js";
import { HoursSection } from "./hours.js";
import { Replies } from "./replies.js";
import { Retention } from "./retention.js";
import { ShopSection } from "./shop.js";
import { Team } from "./team.js";
import { You } from "./you.js";

/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export default function Settings({ workspace }) {
  const known = useSettings();
  const all = known === "ready" && workspace.isBoss();
  return html`<header class="screen-head"><h2>${t("rail.settings")}</h2></header>
    <div class="screen-body settings" aria-busy=${known === "loading"}>
      ${known === "failed" && html`<p class="trouble" role="alert">${t("error.unreachable")}</p>`}
      ${all && html`<div class="settings-column"><${SiteSection} workspace=${workspace} /><${MailSection} workspace=${workspace} /><${You} me=${workspace.me} /><${ShopSection} workspace=${workspace} /><${HoursSection} workspace=${workspace} /><${Colours} workspace=${workspace} /><${Retention} workspace=${workspace} /><${Backups} /></div>`}
      <div class="settings-column">${!workspace.isBoss() && html`<${You} me=${workspace.me} />`}<${Replies} workspace=${workspace} />${all && html`<${Team} workspace=${workspace} />`}</div>
    </div>`;
}

/** What leads to the page about the chat on the shop's own site. @param {{ workspace: Workspace }} props */
function SiteSection({ workspace }) {
  return html`<${Section} name="site" title=${t("rail.site")} lead=${t("site.lead")}>
    <button type="button" class="button" onClick=${() => workspace.go("site")}>${t("site.open")}</button>
  <//>`;
}

/** What leads to the pages about mail. @param {{ workspace: Workspace }} props */
function MailSection({ workspace }) {
  return html`<${Section} name="mail" title=${t("rail.mail")} lead=${t("smtp.lead")}>
    <span class="settings-does">
      <button type="button" class="button" onClick=${() => workspace.go("mail")}>${t("smtp.open")}</button>
      <button type="button" class="button" onClick=${() => workspace.go("delivery")}>${t("delivery.open")}</button>
    </span>
  <//>`;
}
