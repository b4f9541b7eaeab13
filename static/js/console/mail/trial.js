/** What came of each step of a trial, and what to do where one failed. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { Icon } from "../components/icons.js";
import { Section } from "../settings/controls.js";
import { SENTENCES, STEPS, VERDICTS } from "./words.js";

/** @import { Content, MailFinding } from "../../types.d.ts" */
/** @import { IconName } from "../components/icons.js" */

const SENDING = ["resolve", "connect", "encrypt", "login", "send"];
/** @type {Record<string, IconName>} */
const ICONS = { ok: "check", warn: "info", fail: "close", untried: "more" };

/** @param {{ findings: MailFinding[] | null, busy: boolean, trouble: string }} props */
export function Trial({ findings, busy, trouble }) {
  return html`<${Section} name="mail-trial" title=${t("smtp.trial")}>
    <p class="quiet" role="status">${busy ? t("smtp.trying") : !findings && !trouble && t("smtp.trial.none")}</p>
    <p class="trouble" role="alert">${trouble}</p>
    ${findings && html`<ol class="mail-steps">${SENDING.map((step) => html`<${Step} key=${step} step=${step} finding=${findings.find((one) => one.step === step)} />`)}</ol>`}
  <//>`;
}

/** One step; `finding` is missing where it did not come to that. @param {{ step: string, finding?: MailFinding, children?: Content }} props */
export function Step({ step, finding, children }) {
  const verdict = finding?.verdict ?? "untried";
  return html`<li class="mail-step" data-verdict=${verdict}>
    <span class="mail-verdict" role="img" aria-label=${t(VERDICTS[verdict])}><${Icon} name=${ICONS[verdict]} /></span>
    <div>
      <b>${t(STEPS[step])}</b>
      ${finding && html`<p>${t(SENTENCES[step][finding.outcome])}</p>`}
      ${finding?.said && html`<p class="mail-said" dir="ltr">${finding.said}</p>`}
      ${children}
    </div>
  </li>`;
}
