/** The thin banner of a lost connection; it comes after five seconds and goes by itself. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";

/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export function Trouble({ workspace }) {
  return html`<div class="workspace-banner banner" role="status">${workspace.lost.value && html`<p>${t("lost.banner")}</p>`}</div>`;
}
