/** The shop's name, and what an empty chat says to a visitor. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { formOf } from "./form.js";
import { Field, Foot, Section, submit, troubleOf } from "./controls.js";

/** @import { FieldEvent } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export function ShopSection({ workspace }) {
  const form = formOf(workspace, "name", "greeting");
  const { name, greeting } = form.values.value;
  /**
   * @param {"name" | "greeting"} field
   * @returns {(event: FieldEvent) => void}
   */
  const write = (field) => (event) => form.set(field, event.currentTarget.value);
  return html`<${Section} name="shop" title=${t("settings.shop")}>
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
