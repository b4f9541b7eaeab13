/** The shop's name, and how it greets its customers in each of their languages. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { ByLanguage, withLanguage } from "./by_language.js";
import { Logo } from "./face.js";
import { SHOP, formOf } from "./form.js";
import { Field, Foot, Section, submit, troubleOf } from "./controls.js";

/** @import { FieldEvent } from "../../types.d.ts" */
/** @import { Attributes } from "./controls.js" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export function ShopSection({ workspace }) {
  const form = formOf(workspace, SHOP, "name", "greetings");
  const { name, greetings = {} } = form.values.value;
  /** @param {string} code */
  const greet = (code) => (/** @type {FieldEvent} */ event) => {
    form.set("greetings", withLanguage(greetings, code, event.currentTarget.value));
  };
  return html`<${Section} name="shop" title=${t("settings.shop")}>
    <${Logo} />
    <form onSubmit=${submit(form)} novalidate>
      <${Field}
        label=${t("settings.name")}
        hint=${t("settings.name.hint")}
        trouble=${troubleOf(form, "bad_shop_name")}
        control=${(/** @type {Attributes} */ tied) => html`<input class="field" ...${tied} value=${name} onInput=${(/** @type {FieldEvent} */ event) => form.set("name", event.currentTarget.value)} dir="auto" maxlength="60" autocomplete="organization" />`}
      />
      <${ByLanguage}
        written=${Object.keys(greetings)}
        each=${(
          /** @type {string} */ code,
          /** @type {string} */ language,
          /** @type {boolean} */ isLast,
        ) => html`<${Field}
          label=${t("settings.greeting", { language })}
          hint=${isLast && t("settings.greeting.hint")}
          trouble=${isLast && troubleOf(form, "bad_greeting")}
          control=${(/** @type {Attributes} */ tied) => html`<textarea class="field" ...${tied} lang=${code} value=${greetings[code] ?? ""} onInput=${greet(code)} dir="auto" maxlength="500" rows="3"></textarea>`}
        />`}
      />
      <${Foot} form=${form} codes=${["bad_shop_name", "bad_greeting"]} />
    </form>
  <//>`;
}
