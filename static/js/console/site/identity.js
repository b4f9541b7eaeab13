/** Who your customer is: the keys with which the shop says so, the code that does, and what its pages tell the chat. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { CopyLine } from "../../components/copy_line.js";
import { Section } from "../settings/controls.js";
import { Code } from "./identity_code.js";
import { Keys } from "./identity_keys.js";
import { Page } from "./page.js";

/** @import { Widget } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

// As the tag loads when it may, it may be called before it is there.
const ON_THE_PAGE = `<script>
  window.chatadmin ||= (...call) => (chatadmin.q ||= []).push(call);
  chatadmin("identify", () => fetch("/chat-token").then((answer) => answer.text()));
</script>`;

/** @param {{ workspace: Workspace }} props */
export default function Identity({ workspace }) {
  return html`<${Page} workspace=${workspace} title=${t("rail.identity")} back=${t("identity.back")} to="site">
    ${(
      /** @type {Widget} */ { keys },
    ) => html`<div class="settings-column"><${Keys} keys=${keys} /><${Code} keys=${keys} /></div>
      <div class="settings-column"><${OnThePage} /></div>`}
  <//>`;
}

function OnThePage() {
  return html`<${Section} name="identity-page" title=${t("identity.page")} lead=${t("identity.page.lead")}>
    <div class="identity-code" data-short>
      <${CopyLine} text=${ON_THE_PAGE} label=${t("identity.page.label")} does=${t("identity.page.copy")} calm />
    </div>
    <p class="settings-hint">${t("identity.page.out")}</p>
  <//>`;
}
