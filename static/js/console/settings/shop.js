/** The shop's name, and what an empty chat says to a visitor. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { formOf } from "./form.js";
import { Field, Foot, Section, submit, troubleOf } from "./parts.js";

/** @import { FieldEvent } from "../../types.d.ts" */
/** @import { Desk } from "../desk.js" */

/** @param {{ desk: Desk }} props */
export function ShopSection({ desk }) {
  const form = formOf(desk, "name", "greeting");
  const { name, greeting } = form.values.value;
  /**
   * @param {"name" | "greeting"} field
   * @returns {(event: FieldEvent) => void}
   */
  const write = (field) => (event) => form.set(field, event.currentTarget.value);
  return html`<${Section} name="shop">
    <form onSubmit=${submit(form)} novalidate>
      <${Field}
        label=${t("settings.name")}
        hint=${t("settings.name.hint")}
        trouble=${troubleOf(form, "bad_shop_name")}
        control=${(tied) => html`<input class="field" ...${tied} value=${name} onInput=${write("name")} dir="auto" maxlength="60" autocomplete="organization" />`}
      />
      <${Field}
        label=${t("settings.greeting")}
        hint=${t("settings.greeting.hint")}
        trouble=${troubleOf(form, "bad_greeting")}
        control=${(tied) => html`<textarea class="field" ...${tied} value=${greeting} onInput=${write("greeting")} dir="auto" maxlength="500" rows="3"></textarea>`}
      />
      <${Foot} form=${form} codes=${["bad_shop_name", "bad_greeting"]} />
    </form>
  <//>`;
}
