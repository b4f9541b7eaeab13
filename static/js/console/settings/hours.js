/** What leads to the opening hours, and how the shop stands by them. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { shop } from "../../shop.js";
import { standing } from "../desk.js";
import { Section } from "./controls.js";

/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export function HoursSection({ workspace }) {
  const { open, words } = standing();
  return html`<${Section} name="hours" title=${t("rail.hours")} lead=${t("hours.lead")}>
    <p class="site-seen hours-standing" data-seen=${open ? "" : undefined}><i aria-hidden="true"></i><span>${shop.value.hours ? words : t("hours.always")}</span></p>
    <button type="button" class="button" onClick=${() => workspace.go("hours")}>${t(shop.value.hours ? "hours.change" : "hours.set")}</button>
  <//>`;
}
