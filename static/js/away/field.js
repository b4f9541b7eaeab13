/** An address beside the first message: a field of its own, where the shop asks for none; and what it is for. */

import { html, useEffect } from "../lib.js";
import { t } from "../i18n.js";

/** @import { Content, Entered, FieldEvent, FieldName } from "../types.d.ts" */

/**
 * `own`: the shop's form has no such field. The rest is the form's: what is `entered`, how to, and what its field is like.
 * @param {{
 *   own: boolean,
 *   entered: Entered,
 *   enter: (change: Partial<Entered>) => void,
 *   marks: (field: FieldName) => object,
 *   says: (field: FieldName) => Content,
 * }} props
 */
export function Field({ own, entered, enter, marks, says }) {
  useEffect(() => enter({ mail: true }), []); // from now on it is said
  return html`<div class="away-field" data-own=${own}>
    ${
      own &&
      html`<label class="entered-field">
        <span><bdi>${t("form.email")}</bdi> <small>${t("form.optional")}</small></span>
        <input ...${marks("email")} type="email" maxlength="254" autocomplete="email" dir="ltr" enterkeyhint="next" value=${entered.email} onInput=${(/** @type {FieldEvent} */ event) => enter({ email: event.currentTarget.value })} />
      </label>`
    }
    ${own && says("email")}
    <p class="away-note" id="entered-mail">${t("away.promise")}</p>
  </div>`;
}
