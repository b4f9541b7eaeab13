/** The form that stands with a visitor's first message: what they are asked, and what they have to agree to. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { ByLanguage, withLanguage } from "../settings/by_language.js";
import { Field, Foot, Section, submit, troubleOf } from "../settings/controls.js";
import { formOf } from "../settings/form.js";
import { WIDGET } from "./document.js";

/** @import { FieldEvent, Key, Widget } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @typedef {Widget["form"]} Asked */
/** @typedef {NonNullable<Asked["choice"]>} Choice */

/** @type {Record<Asked["name"], Key>} */
const NEEDS = { no: "site.need.no", optional: "site.need.optional", required: "site.need.required" };
/** @type {{ name: "name" | "email", words: Key }[]} */
const QUESTIONS = [
  { name: "name", words: "site.ask.name" },
  { name: "email", words: "site.ask.email" },
];
/** @type {Choice} */
const NEW_CHOICE = { required: false, label: {}, options: {} };

/** @param {{ workspace: Workspace }} props */
export function Entries({ workspace }) {
  const form = formOf(workspace, WIDGET, "form");
  /** @type {Asked} */
  const asked = form.values.value.form;
  /** @param {Partial<Asked>} change */
  const set = (change) => form.set("form", { ...asked, ...change });
  return html`<${Section} name="entries" title=${t("site.form")} lead=${t("site.form.lead")}>
    <form onSubmit=${submit(form)} novalidate>
      ${QUESTIONS.map(
        ({ name, words }) => html`<${Field}
          key=${name}
          label=${t(words)}
          control=${(
            tied,
          ) => html`<select class="field" ...${tied} value=${asked[name]} onChange=${(/** @type {FieldEvent} */ event) => set({ [name]: event.currentTarget.value })}>
            ${Object.entries(NEEDS).map(([need, words]) => html`<option key=${need} value=${need}>${t(words)}</option>`)}
          </select>`}
        />`,
      )}
      <${Check} words="site.ask.choice" checked=${asked.choice !== null} onChange=${(/** @type {boolean} */ on) => set({ choice: on ? NEW_CHOICE : null })} />
      ${asked.choice && html`<${ChoiceOf} choice=${asked.choice} onChange=${(/** @type {Choice} */ choice) => set({ choice })} />`}
      <${ByLanguage}
        written=${Object.keys(asked.consent)}
        each=${(
          /** @type {string} */ code,
          /** @type {string} */ language,
          /** @type {boolean} */ isLast,
        ) => html`<${Field}
          label=${t("site.consent", { language })}
          hint=${isLast && t("site.consent.hint")}
          control=${(tied) => html`<textarea class="field" ...${tied} lang=${code} dir="auto" rows="2" maxlength="500" value=${asked.consent[code] ?? ""} onInput=${(/** @type {FieldEvent} */ event) => set({ consent: withLanguage(asked.consent, code, event.currentTarget.value) })}></textarea>`}
        />`}
      />
      <p class="trouble" role="alert">${troubleOf(form, "bad_text") || (troubleOf(form, "bad_request") && t("site.choice.lacking"))}</p>
      <${Foot} form=${form} codes=${["bad_text", "bad_request"]} />
    </form>
  <//>`;
}

/** @param {{ words: Key, checked: boolean, onChange: (on: boolean) => void }} props */
export function Check({ words, checked, onChange }) {
  return html`<label class="site-check"><input type="checkbox" checked=${checked} onChange=${(/** @type {FieldEvent} */ event) => onChange(event.currentTarget.checked)} /><span>${t(words)}</span></label>`;
}

/** One question with answers to choose from, in every language. @param {{ choice: Choice, onChange: (choice: Choice) => void }} props */
function ChoiceOf({ choice, onChange }) {
  const { label, options, required } = choice;
  /**
   * @param {string} code
   * @returns {(event: FieldEvent) => void}
   */
  const offer = (code) => (event) =>
    onChange({ ...choice, options: withLanguage(options, code, event.currentTarget.value.split("\n"), isEmpty) });
  return html`<div class="site-choice">
    <${ByLanguage}
      written=${Object.keys({ ...label, ...options })}
      each=${(/** @type {string} */ code, /** @type {string} */ language) => html`<fieldset class="site-group">
        <legend>${language}</legend>
        <${Field}
          label=${t("site.choice.label")}
          control=${(tied) => html`<input class="field" ...${tied} lang=${code} dir="auto" maxlength="80" value=${label[code] ?? ""} onInput=${(/** @type {FieldEvent} */ event) => onChange({ ...choice, label: withLanguage(label, code, event.currentTarget.value) })} autocomplete="off" />`}
        />
        <${Field}
          label=${t("site.choice.options")}
          hint=${t("site.choice.hint")}
          control=${(tied) => html`<textarea class="field" ...${tied} lang=${code} dir="auto" rows="3" value=${(options[code] ?? []).join("\n")} onInput=${offer(code)}></textarea>`}
        />
      </fieldset>`}
    />
    <${Check} words="site.choice.required" checked=${required} onChange=${(/** @type {boolean} */ on) => onChange({ ...choice, required: on })} />
  </div>`;
}

/** @param {string[]} lines */
const isEmpty = (lines) => lines.every((line) => !line.trim());
