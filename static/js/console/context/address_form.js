/** Putting an address right, or noting one: with its owner's consent, which is noted with it. */

import { html, useElement, useLayoutEffect, useState } from "../../lib.js";
import { codeOf } from "../../api.js";
import { reason, t } from "../../i18n.js";
import { reachOf } from "../reach.js";

/** @import { FieldEvent, Ref, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** `turn`: another one takes the focus again. @param {{ workspace: Workspace, item: Visitor, turn: number, onDone: () => void }} props */
export function AddressForm({ workspace, item, turn, onDone }) {
  const { email: known = "", called: name } = item;
  const [email, type] = useState(known);
  const [trouble, say] = useState("");
  const [busy, setBusy] = useState(false);
  /** @type {Ref<HTMLInputElement>} */
  const field = useElement();
  useLayoutEffect(() => field.current.focus(), [turn]);
  /** @param {Event} event */
  const save = async (event) => {
    event.preventDefault();
    if (busy) return;
    if (email.trim() === known && reachOf(item) === "agreed") return onDone();
    setBusy(true);
    try {
      await workspace.actions.address(item, email.trim());
      onDone();
    } catch (error) {
      say(codeOf(error) === "bad_form" ? t("address.wrong") : reason(error));
      setBusy(false);
      field.current.focus();
    }
  };
  /** @param {KeyboardEvent} event */
  const leave = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onDone();
  };
  return html`<form class="address-form" onSubmit=${save} onKeyDown=${leave} novalidate>
    <input ref=${field} class="field" type="email" dir="ltr" autocomplete="off" autocapitalize="none" spellcheck=${false} aria-label=${t("address.field", { name })} aria-describedby="address-hint address-trouble" aria-invalid=${trouble ? "true" : undefined} value=${email} onInput=${(/** @type {FieldEvent} */ event) => (type(event.currentTarget.value), say(""))} />
    <p class="quiet" id="address-hint">${t("address.hint")}</p>
    <p class="trouble" id="address-trouble" role="alert">${trouble}</p>
    <div class="address-does">
      <button class="button button-main" aria-disabled=${busy}>${t(known && !email.trim() ? "address.remove" : "address.save")}</button>
      <button type="button" class="button" onClick=${onDone}>${t("address.cancel")}</button>
    </div>
  </form>`;
}
