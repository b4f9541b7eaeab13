/** Put it on your site: the tag, the sites that may show the chat, its look, and what it asks first; with a preview. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { Section } from "../settings/controls.js";
import { Beacons } from "./beacons.js";
import { Entries } from "./entries.js";
import { Look } from "./look.js";
import { Page } from "./page.js";
import { Preview } from "./preview.js";
import { Quick } from "./quick.js";
import { Rating } from "./rating.js";
import { Sites } from "./sites.js";
import { Tag } from "./tag.js";
import { Triggers } from "./triggers.js";

/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export default function Site({ workspace }) {
  return html`<${Page} workspace=${workspace} title=${t("rail.site")} back=${t("site.back")} to="settings" class="site">
    ${() => html`<div class="settings-column"><${Tag} /><${Sites} /><${Look} workspace=${workspace} /></div>
      <${Preview} workspace=${workspace} />
      <div class="settings-column"><${IdentitySection} workspace=${workspace} /><${Quick} workspace=${workspace} /><${Entries} workspace=${workspace} /><${Triggers} workspace=${workspace} /><${Rating} workspace=${workspace} /><${Beacons} workspace=${workspace} /></div>`}
  <//>`;
}

/** What leads to the page about who the customer is. @param {{ workspace: Workspace }} props */
function IdentitySection({ workspace }) {
  return html`<${Section} name="identity" title=${t("rail.identity")} lead=${t("identity.lead")}>
    <button type="button" class="button" onClick=${() => workspace.go("identity")}>${t("identity.open")}</button>
  <//>`;
}
