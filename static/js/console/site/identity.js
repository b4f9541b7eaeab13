/** Who your customer is: the keys with which the shop says so, the code that does, and what its pages tell the chat. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { CopyLine } from "../../components/copy_line.js";
import { Icon } from "../components/icons.js";
import { Section } from "../settings/controls.js";
import { useWidget, widget } from "./document.js";
import { Code } from "./identity_code.js";
import { Keys } from "./identity_keys.js";

/** @import { Workspace } from "../workspace.js" */

// As the tag loads when it may, it may be called before it is there.
const ON_THE_PAGE = `<script>
  window.chatadmin ||= (...call) => (chatadmin.q ||= []).push(call);
  chatadmin("identify", () => fetch("/chat-token").then((answer) => answer.text()));
</script>`;

/** @param {{ workspace: Workspace }} props */
export default function Identity({ workspace }) {
  const boss = workspace.isBoss();
  const failed = useWidget(boss);
  const known = boss && widget.value;
  return html`<header class="screen-head site-head">
      <button type="button" class="icon-button" aria-label=${t("identity.back")} onClick=${() => workspace.go("site")}><${Icon} name="back" /></button>
      <h2>${t("rail.identity")}</h2>
    </header>
    <div class="screen-body settings" aria-busy=${boss && !known && !failed}>
      ${!boss && html`<p class="quiet">${t("site.admins")}</p>`}
      ${boss && failed && !known && html`<p class="trouble" role="alert">${t("error.unreachable")}</p>`}
      ${
        known &&
        html`<div class="settings-column"><${Keys} keys=${known.keys} /><${Code} keys=${known.keys} /></div>
        <div class="settings-column"><${OnThePage} /></div>`
      }
    </div>`;
}

function OnThePage() {
  return html`<${Section} name="identity-page" title=${t("identity.page")} lead=${t("identity.page.lead")}>
    <div class="identity-code" data-short>
      <${CopyLine} text=${ON_THE_PAGE} label=${t("identity.page.label")} does=${t("identity.page.copy")} calm />
    </div>
    <p class="settings-hint">${t("identity.page.out")}</p>
  <//>`;
}
