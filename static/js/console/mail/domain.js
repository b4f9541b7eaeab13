/** What the domain of the shop's address says in the DNS, and what it still should. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { CopyLine } from "../../components/copy_line.js";
import { Section } from "../settings/controls.js";
import { Step } from "./trial.js";

/** @import { MailFinding } from "../../types.d.ts" */

/** @param {{ findings: MailFinding[] | null }} props */
export function Domain({ findings }) {
  const found = findings?.filter(({ step }) => step === "spf" || step === "dmarc") ?? [];
  if (!found.length) return null;
  return html`<${Section} name="mail-domain" title=${t("smtp.domain")} lead=${t("smtp.domain.lead")}>
    <ul class="mail-steps">
      ${found.map(
        (finding) => html`<${Step} key=${finding.step} step=${finding.step} finding=${finding}>
          ${finding.needed && html`<${CopyLine} text=${finding.needed} label=${t("smtp.domain.record")} does=${t("smtp.domain.copy")} calm />`}
        <//>`,
      )}
    </ul>
    <p class="settings-hint">${t("smtp.dkim")}</p>
  <//>`;
}
