/** Whether visitors are asked how it was. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { Foot, Section, submit } from "../settings/controls.js";
import { formOf } from "../settings/form.js";
import { WIDGET } from "./document.js";
import { Check } from "./entries.js";

/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export function Rating({ workspace }) {
  const form = formOf(workspace, WIDGET, "rating");
  return html`<${Section} name="rating" title=${t("site.rating")} lead=${t("site.rating.lead")}>
    <form onSubmit=${submit(form)} novalidate>
      <${Check} words="site.rating.on" checked=${form.values.value.rating} onChange=${(/** @type {boolean} */ on) => form.set("rating", on)} />
      <${Foot} form=${form} />
    </form>
  <//>`;
}
