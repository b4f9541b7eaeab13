/** Whether a shop's pages tell that somebody looks at them, before anybody writes. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { Foot, Section, submit } from "../settings/controls.js";
import { formOf } from "../settings/form.js";
import { WIDGET } from "./document.js";
import { Check } from "./entries.js";

/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export function Beacons({ workspace }) {
  const form = formOf(workspace, WIDGET, "beacons");
  return html`<${Section} name="beacons" title=${t("site.beacons")} lead=${t("site.beacons.lead")}>
    <form onSubmit=${submit(form)} novalidate>
      <${Check} words="site.beacons.on" checked=${form.values.value.beacons} onChange=${(/** @type {boolean} */ on) => form.set("beacons", on)} />
      <${Foot} form=${form} />
    </form>
  <//>`;
}
