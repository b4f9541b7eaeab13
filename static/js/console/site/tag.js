/** The one line that a shop's page needs. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { CopyLine } from "../../components/copy_line.js";
import { Section } from "../settings/controls.js";
import { SeenLast } from "./seen.js";

export function Tag() {
  const line = `<script async src="${location.origin}/widget.js"></script>`;
  return html`<${Section} name="tag" title=${t("site.tag")} lead=${t("site.tag.lead")}>
    <${CopyLine} text=${line} label=${t("site.tag.label")} does=${t("site.tag.copy")} calm />
    ${location.protocol === "http:" && html`<p class="settings-hint">${t("site.tag.http")}</p>`}
    <${SeenLast} />
  <//>`;
}
