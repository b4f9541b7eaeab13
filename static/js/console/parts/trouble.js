/** The thin banner of a lost connection; it comes after five seconds and goes by itself. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";

/** @import { Desk } from "../desk.js" */

/** @param {{ desk: Desk }} props */
export function Trouble({ desk }) {
  return html`<div class="desk-banner banner" role="status">${desk.lost.value && html`<p>${t("lost.banner")}</p>`}</div>`;
}
