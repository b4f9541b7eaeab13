/** How long the shop remembers what was said. */

import { html } from "../../lib.js";
import { plural, t } from "../../i18n.js";
import { shop } from "../../shop.js";
import { SHOP, formOf } from "./form.js";
import { Field, Foot, Section, troubleOf, useAsked } from "./controls.js";

/** @import { Workspace } from "../workspace.js" */

const DAYS = [0, 30, 90, 180, 365, 730];

/** @param {{ workspace: Workspace }} props */
export function Retention({ workspace }) {
  const form = formOf(workspace, SHOP, "retention_days");
  const [ask, asking] = useAsked();
  const chosen = form.values.value.retention_days ?? 0;
  const now = shop.value.retention_days ?? 0;
  const offered = [...new Set([...DAYS, now, chosen])].sort((a, b) => a - b);
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    if (!form.dirty || form.rival.peek()) return undefined;
    if (!chosen || (now && chosen >= now)) return form.save(); // nothing more is forgotten than before
    return ask({
      title: t("settings.forget.title"),
      text: plural("settings.forget.text", chosen),
      does: t("settings.forget.do"),
      run: () => form.save(),
    });
  };
  return html`<${Section} name="retention" title=${t("settings.retention")} lead=${t("settings.retention.lead")}>
    <form onSubmit=${submit} novalidate>
      <${Field}
        label=${t("settings.retention.keep")}
        hint=${t("settings.retention.open")}
        trouble=${troubleOf(form, "bad_retention")}
        control=${(
          tied,
        ) => html`<select class="field" ...${tied} value=${String(chosen)} onChange=${(event) => form.set("retention_days", Number(event.currentTarget.value))}>
          ${offered.map((days) => html`<option key=${days} value=${String(days)}>${days ? plural("settings.days", days) : t("settings.forever")}</option>`)}
        </select>`}
      />
      <${Foot} form=${form} codes=${["bad_retention"]} />
    </form>
    ${asking}
  <//>`;
}
