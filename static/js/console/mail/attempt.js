/** Where a trial goes, and the button that begins it. */

import { html, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { Field } from "../settings/controls.js";

/** @import { FieldEvent } from "../../types.d.ts" */

/** `fit`: whether all else is there. @param {{ to: string, onTo: (to: string) => void, fit: boolean, busy: boolean, onTry: () => void }} props */
export function Attempt({ to, onTo, fit, busy, onTry }) {
  const [missing, miss] = useState(false);
  const ready = fit && to.includes("@");
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    miss(!ready);
    if (ready) onTry();
  };
  return html`<form onSubmit=${submit} novalidate>
    <${Field}
      label=${t("smtp.to")}
      hint=${t("smtp.to.hint")}
      trouble=${missing && !ready ? t("smtp.missing") : ""}
      control=${(tied) => html`<input class="field" ...${tied} type="email" dir="ltr" autocomplete="email" autocapitalize="none" maxlength="254" value=${to} onInput=${(/** @type {FieldEvent} */ event) => onTo(event.currentTarget.value)} />`}
    />
    <p class="settings-foot"><button class="button button-main" aria-disabled=${busy}>${t("smtp.try")}</button></p>
  </form>`;
}
