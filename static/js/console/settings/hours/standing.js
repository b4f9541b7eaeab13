/** How the shop stands by the hours that are saved, beside the week as it is written. */

import { html } from "../../../lib.js";
import { t } from "../../../i18n.js";
import { standing } from "../../desk.js";
import { Section } from "../controls.js";
import { Glance } from "./glance.js";

/** @import { Hours } from "../../../types.d.ts" */

/** @param {{ hours: Hours | null, dirty: boolean }} props */
export function Standing({ hours, dirty }) {
  const { open, words } = standing();
  return html`<${Section} name="hours-glance" title=${t("hours.glance")}>
    <p class="site-seen" data-seen=${open ? "" : undefined} role="status"><i aria-hidden="true"></i><span>${words}</span></p>
    ${dirty && html`<p class="settings-hint">${t("hours.glance.unsaved")}</p>`}
    ${hours && html`<${Glance} week=${hours.week} />`}
  <//>`;
}
