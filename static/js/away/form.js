/** Where answers go, for who is somebody: an address to give, to change, or to take back. */

import "./look.js";
import { html, useEffect, useElement, useLayoutEffect, useState } from "../lib.js";
import { call, codeOf } from "../api.js";
import { reason, t } from "../i18n.js";
import { keepInSight } from "../in_sight.js";

/** @import { FieldEvent, Ref } from "../types.d.ts" */
/** @import { Visit } from "../visitor/visit.js" */

const PATH = "/v1/me/contact?as=visitor";

/**
 * `asked`: the words above it, which are its name, where nothing else says them; `takes`: it takes the focus; `typed(text)`
 * follows the field. `onDone` is called once it is said, or they want nothing of it.
 * @param {{ visit: Visit, asked?: string, takes?: boolean, typed?: (text: string) => void, onDone: () => void }} props
 */
export function ContactForm({ visit, asked, takes, typed, onDone }) {
  /** @type {Ref<HTMLInputElement>} */
  const field = useElement();
  const [email, write] = useState("");
  const [trouble, say] = useState("");
  const [busy, work] = useState(false);
  useEffect(() => {
    if (takes) field.current.focus();
  }, []);
  useLayoutEffect(() => keepInSight(field.current.closest(".away")), [trouble]);

  /** @param {string} text */
  const give = async (text) => {
    if (busy) return;
    work(true);
    const trouble = await given(visit, text);
    work(false);
    say(trouble);
    if (trouble) field.current?.focus();
    else onDone();
  };
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    if (email.trim()) give(email);
    else field.current.focus();
  };
  return html`<form class="away-form" noValidate aria-labelledby=${asked ? "away-asked" : "ask"} onSubmit=${submit}>
    ${asked && html`<p class="away-asked" id="away-asked">${asked}</p>`}
    <input class="field" ref=${field} type="email" aria-label=${t("form.email")} placeholder=${t("form.email")} aria-describedby="away-use away-trouble" aria-invalid=${trouble ? "true" : undefined} maxlength="254" autocomplete="email" dir=${email ? "ltr" : "auto"} value=${email} onInput=${(/** @type {FieldEvent} */ event) => (write(event.currentTarget.value), typed?.(event.currentTarget.value))} />
    <p class="trouble" id="away-trouble" role="alert">${trouble}</p>
    <p class="away-use" id="away-use">${t("away.use")}</p>
    <div class="away-acts">
      <button class="button button-main" aria-disabled=${busy}>${t("away.give")}</button>
      <button type="button" class="button" onClick=${onDone}>${t("away.later")}</button>
      ${visit.contact.value && html`<button type="button" class="button" onClick=${() => give("")}>${t("away.remove")}</button>`}
    </div>
  </form>`;
}

/**
 * Gives that address, "" for none; what went wrong, "" for nothing.
 * @param {Visit} visit
 * @param {string} email
 */
async function given(visit, email) {
  try {
    const { value } = await call("PUT", PATH, { email, consent: true });
    visit.contact.value = value.shown;
    return value.stopped ? t("away.stopped") : "";
  } catch (error) {
    return codeOf(error) === "bad_form" ? t("form.email.wrong") : reason(error);
  }
}
