/** Whether a shop's pages tell that somebody looks at them, before anybody writes, and which they looked at. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { Foot, Section, submit } from "../settings/controls.js";
import { formOf } from "../settings/form.js";
import { WIDGET } from "./document.js";
import { Check } from "./entries.js";

/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export function Beacons({ workspace }) {
  const form = formOf(workspace, WIDGET, "beacons", "trail");
  return html`<${Section} name="beacons" title=${t("site.beacons")} lead=${t("site.beacons.lead")}>
    <form onSubmit=${submit(form)} novalidate>
      <${Check} words="site.beacons.on" checked=${form.values.value.beacons} onChange=${(/** @type {boolean} */ on) => form.set("beacons", on)} />
      <${Check} words="site.trail.on" checked=${form.values.value.trail} onChange=${(/** @type {boolean} */ on) => form.set("trail", on)} />
      <${Foot} form=${form} />
    </form>
  <//>`;
}
