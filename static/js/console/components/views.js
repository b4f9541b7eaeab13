/** Which part of the list is shown: everybody, ours, who waits, or those with a tag. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { VIEWS, tagOf, tagView } from "../views.js";

/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export function Views({ workspace }) {
  const view = workspace.listing.view.value;
  const chosen = tagOf(view);
  const labels = workspace.listing.labels.value;
  const shown = chosen && !labels.includes(chosen) ? [chosen, ...labels] : labels;
  return html`<div class="views" role="group" aria-label=${t("views.label")}>
    ${VIEWS.map(({ name, words }) => html`<button key=${name} type="button" class="view" aria-pressed=${view === name} onClick=${() => (workspace.listing.view.value = name)}>${t(words)}</button>`)}
    ${
      shown.length > 0 &&
      html`<select class="view" aria-label=${t("views.tag")} data-chosen=${chosen ? "" : undefined} value=${chosen} onChange=${({ currentTarget: { value } }) => (workspace.listing.view.value = value ? tagView(value) : "all")}>
      <option value="">${t("views.tag")}</option>
      ${shown.map((label) => html`<option key=${label} value=${label}>${label}</option>`)}
    </select>`
    }
  </div>`;
}
