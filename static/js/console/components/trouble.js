/** The thin banner of a lost connection, which comes after five seconds and goes by itself; and of a full disk. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";

/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export function Trouble({ workspace }) {
  return html`<div class="workspace-banner banner" role="status">
    ${workspace.lost.value && html`<p>${t("lost.banner")}</p>`}
    ${workspace.liveList.full.value && workspace.isBoss() && html`<p>${t("full.banner")}</p>`}
  </div>`;
}
