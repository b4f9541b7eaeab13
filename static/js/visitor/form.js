/** What the shop asks of who writes for the first time: above the composer, and sent with the message. */

import { html, useEffect, useElement } from "../lib.js";
import { Away } from "../away/chunk.js";
import { isComposing } from "../composing.js";
import { t } from "../i18n.js";
import { Linked } from "../components/words.js";
import { opening, presence } from "./presence.js";

/** @import { Content, Entered, FieldEvent, FieldName, Ref } from "../types.d.ts" */
/** @import { Beginning } from "./beginning.js" */

/** @param {{ beginning: Beginning }} props */
export function Form({ beginning }) {
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  const { entered, trouble } = beginning;
  const form = opening.value?.form;
  const { field: wrong } = trouble.value;
  useEffect(() => {
    if (wrong) /** @type {HTMLElement | null} */ (box.current?.querySelector("[aria-invalid]"))?.focus();
  }, [trouble.value]);
  if (!form) return null;
  const { name, email, choice, consent } = form;
  // once it is asked for it stays, whoever comes
  const mails = entered.value.mail || (presence.value?.by_mail && (email !== "no" || !presence.value.agents_online));
  /** @param {Partial<Entered>} change */
  const enter = (change) => {
    entered.value = { ...entered.peek(), ...change };
    if (wrong && wrong in change) trouble.value = { words: "" };
  };
  /** @param {FieldName} field */
  const marks = (field) => ({
    id: `entered-${field}`,
    "aria-invalid": wrong === field ? "true" : undefined,
    "aria-describedby": wrong === field ? "entered-trouble" : field === "email" ? "entered-mail" : undefined,
  });
  const says = (/** @type {FieldName} */ field) =>
    wrong === field && html`<p class="entered-trouble" id="entered-trouble" role="alert">${trouble.value.words}</p>`;
  return html`<div class="entered" ref=${box} onKeyDown=${onward}>
    ${
      name !== "no" &&
      html`<${Row} label=${t("form.name")} optional=${name === "optional"} trouble=${says("name")}>
        <input ...${marks("name")} required=${name === "required"} maxlength="60" autocomplete="name" dir="auto" spellcheck=${false} enterkeyhint="next" value=${entered.value.name} onInput=${(/** @type {FieldEvent} */ event) => enter({ name: event.currentTarget.value })} />
      <//>`
    }
    ${
      email !== "no" &&
      html`<${Row} label=${t("form.email")} optional=${email === "optional"} trouble=${says("email")}>
        <input ...${marks("email")} type="email" required=${email === "required"} maxlength="254" autocomplete="email" dir="ltr" enterkeyhint="next" value=${entered.value.email} onInput=${(/** @type {FieldEvent} */ event) => enter({ email: event.currentTarget.value })} />
      <//>`
    }
    <${Away} part="Field" wanted=${mails} own=${email === "no"} entered=${entered.value} enter=${enter} marks=${marks} says=${says} />
    ${
      choice &&
      html`<${Row} label=${choice.label} optional=${!choice.required} trouble=${says("choice")}>
        <select ...${marks("choice")} required=${choice.required} onChange=${(/** @type {FieldEvent} */ event) => enter({ choice: event.currentTarget.value })}>
          <option value="">${t("form.choose")}</option>
          ${choice.options.map((option) => html`<option key=${option} selected=${option === entered.value.choice}>${option}</option>`)}
        </select>
      <//>`
    }
    ${
      consent &&
      html`<div class="entered-row">
        <label class="entered-consent">
          <input ...${marks("consent")} type="checkbox" required checked=${entered.value.consent} onChange=${(/** @type {FieldEvent} */ event) => enter({ consent: event.currentTarget.checked })} />
          <span dir="auto"><${Linked} text=${consent} /></span>
        </label>
        ${says("consent")}
      </div>`
    }
  </div>`;
}

/** @param {{ label: string, optional: boolean, trouble: Content, children: Content }} props */
function Row({ label, optional, trouble, children }) {
  return html`<div class="entered-row">
    <label class="entered-field">
      <span><bdi>${label}</bdi>${optional && html` <small>${t("form.optional")}</small>`}</span>
      ${children}
    </label>
    ${trouble}
  </div>`;
}

/**
 * Enter leads on to the message, which alone is sent by it.
 * @param {KeyboardEvent & { currentTarget: HTMLElement }} event
 */
function onward(event) {
  if (event.key !== "Enter" || isComposing(event)) return;
  event.preventDefault();
  event.currentTarget.closest("form")?.querySelector("textarea")?.focus();
}
