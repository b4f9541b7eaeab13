/** How the launcher looks: its colour, its corner, its words. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { shop } from "../../shop.js";
import { ByLanguage, withLanguage } from "../settings/by_language.js";
import { ColourField, useJudged } from "../settings/colour_field.js";
import { Field, Foot, Section, submit, troubleOf } from "../settings/controls.js";
import { formOf } from "../settings/form.js";
import { WIDGET } from "./document.js";

/** @import { FieldEvent, Key, Widget } from "../../types.d.ts" */
/** @import { Form } from "../settings/form.js" */
/** @import { Workspace } from "../workspace.js" */

/** @typedef {Widget["look"]} Look */

/** @type {{ name: Look["side"], words: Key }[]} */
const SIDES = [
  { name: "right", words: "site.side.right" },
  { name: "left", words: "site.side.left" },
];
/** @type {{ name: "offset_x" | "offset_y", words: Key }[]} */
const OFFSETS = [
  { name: "offset_x", words: "site.offset.x" },
  { name: "offset_y", words: "site.offset.y" },
];
const FARTHEST_PX = 400; // as far as the server takes it
const NO_WORDS = { launcher: "", teaser: "" };

/** @param {Workspace} workspace */
export const lookForm = (workspace) => formOf(workspace, WIDGET, "look");

/** @param {{ workspace: Workspace }} props */
export function Look({ workspace }) {
  const form = lookForm(workspace);
  /** @type {Look} */
  const look = form.values.value.look;
  /** @param {Partial<Look>} change */
  const set = (change) => form.set("look", { ...look, ...change });
  const judged = useJudged(look.colour || shop.value.accent);
  return html`<${Section} name="look" title=${t("site.look")} lead=${t("site.look.lead")}>
    <form onSubmit=${submit(form)} novalidate>
      <${ColourField}
        value=${look.colour}
        own=${shop.value.accent || undefined}
        label=${t("site.colour")}
        hint=${t("site.colour.own")}
        trouble=${troubleOf(form, "bad_colour") || judged?.trouble}
        onChange=${(/** @type {string} */ colour) => set({ colour })}
      />
      <fieldset class="settings-choice settings-themes">
        <legend>${t("site.side")}</legend>
        ${SIDES.map(
          ({ name, words }) => html`<label key=${name}>
            <input type="radio" name="side" value=${name} checked=${look.side === name} onChange=${() => set({ side: name })} />
            <span>${t(words)}</span>
          </label>`,
        )}
      </fieldset>
      <div class="site-offsets">
        ${OFFSETS.map(
          ({ name, words }) => html`<${Field}
            key=${name}
            label=${t(words)}
            control=${(tied) => html`<input class="field" ...${tied} type="number" min="0" max=${FARTHEST_PX} step="1" inputmode="numeric" value=${look[name]} onInput=${(/** @type {FieldEvent} */ event) => set({ [name]: pixels(event.currentTarget.value) })} />`}
          />`,
        )}
      </div>
      <${ByLanguage}
        written=${Object.keys(look.words)}
        each=${(/** @type {string} */ code, /** @type {string} */ language) => html`<${Words} code=${code} language=${language} words=${look.words[code] ?? NO_WORDS} onChange=${(/** @type {typeof NO_WORDS} */ words) => set({ words: withLanguage(look.words, code, words, isWordless) })} />`}
      />
      <p class="trouble" role="alert">${troubleOf(form, "bad_text")}</p>
      <${Foot} form=${form} codes=${["bad_colour", "bad_text"]} />
    </form>
  <//>`;
}

/** @param {typeof NO_WORDS} words */
const isWordless = ({ launcher, teaser }) => !launcher && !teaser;

/** @param {string} text */
const pixels = (text) => Math.min(FARTHEST_PX, Math.max(0, Math.trunc(Number(text) || 0)));

/** @param {{ code: string, language: string, words: typeof NO_WORDS, onChange: (words: typeof NO_WORDS) => void }} props */
function Words({ code, language, words, onChange }) {
  return html`<${Field}
      label=${t("site.launcher", { language })}
      hint=${t("site.launcher.hint")}
      control=${(tied) => html`<input class="field" ...${tied} lang=${code} dir="auto" maxlength="40" value=${words.launcher} onInput=${(/** @type {FieldEvent} */ event) => onChange({ ...words, launcher: event.currentTarget.value })} autocomplete="off" />`}
    />
    <${Field}
      label=${t("site.teaser", { language })}
      hint=${t("site.teaser.hint")}
      control=${(tied) => html`<input class="field" ...${tied} lang=${code} dir="auto" maxlength="160" value=${words.teaser} onInput=${(/** @type {FieldEvent} */ event) => onChange({ ...words, teaser: event.currentTarget.value })} autocomplete="off" />`}
    />`;
}
