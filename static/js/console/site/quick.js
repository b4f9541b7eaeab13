/** Quick answers: what a visitor may begin with by one press. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { ByLanguage, withLanguage } from "../settings/by_language.js";
import { Foot, Section, submit, troubleOf } from "../settings/controls.js";
import { formOf } from "../settings/form.js";
import { WIDGET } from "./document.js";

/** @import { FieldEvent, Widget } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const PLACES = [0, 1, 2];

/** @param {{ workspace: Workspace }} props */
export function Quick({ workspace }) {
  const form = formOf(workspace, WIDGET, "quick");
  /** @type {Widget["quick"]} */
  const quick = form.values.value.quick;
  /**
   * @param {string} code
   * @param {number} place
   * @returns {(event: FieldEvent) => void}
   */
  const write = (code, place) => (event) => {
    const texts = PLACES.map((n) => (n === place ? event.currentTarget.value : (quick[code]?.[n] ?? "")));
    while (texts.at(-1) === "") texts.pop();
    form.set(
      "quick",
      withLanguage(quick, code, texts, (written) => !written.length),
    );
  };
  return html`<${Section} name="quick" title=${t("site.quick")} lead=${t("site.quick.lead")}>
    <form onSubmit=${submit(form)} novalidate>
      <${ByLanguage}
        written=${Object.keys(quick)}
        each=${(/** @type {string} */ code, /** @type {string} */ language) => html`<fieldset class="site-group">
          <legend>${language}</legend>
          ${PLACES.map((n) => html`<input key=${n} class="field" lang=${code} dir="auto" maxlength="80" aria-label=${t("site.quick.label", { language, number: n + 1 })} value=${quick[code]?.[n] ?? ""} onInput=${write(code, n)} autocomplete="off" />`)}
        </fieldset>`}
      />
      <p class="trouble" role="alert">${troubleOf(form, "bad_text")}</p>
      <${Foot} form=${form} codes=${["bad_text"]} />
    </form>
  <//>`;
}
