/** The shop's colour: chosen, and shown in both themes. */

import { html, useEffect, useElement } from "../../lib.js";
import { t } from "../../i18n.js";
import { paint } from "../../shop.js";
import { ColourField, useJudged } from "./colour_field.js";
import { SHOP, formOf } from "./form.js";
import { Foot, Section, submit, troubleOf } from "./controls.js";

/** @import { Key, Palette, Ref, Shades } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @type {{ theme: keyof Palette, words: Key }[]} */
const THEMES = [
  { theme: "light", words: "settings.theme.light" },
  { theme: "dark", words: "settings.theme.dark" },
];

/** @param {{ workspace: Workspace }} props */
export function Colours({ workspace }) {
  const form = formOf(workspace, SHOP, "accent");
  const accent = form.values.value.accent ?? "";
  const judged = useJudged(accent);
  const palette = judged?.palette;
  return html`<${Section} name="colours" title=${t("settings.colours")} lead=${t("settings.colours.lead")}>
    <form onSubmit=${submit(form)} novalidate>
      <${ColourField}
        value=${accent}
        label=${t("settings.colour")}
        hint=${t("settings.colour.own")}
        trouble=${troubleOf(form, "bad_colour") || judged?.trouble}
        onChange=${(/** @type {string} */ value) => form.set("accent", value)}
      />
      ${
        palette &&
        html`<div class="settings-previews">${THEMES.map(({ theme, words }) => html`<${Preview} key=${theme} theme=${theme} words=${t(words)} shades=${palette[theme]} shop=${workspace.shopName()} />`)}</div>`
      }
      <${Foot} form=${form} codes=${["bad_colour"]} />
    </form>
  <//>`;
}

/**
 * A little of the visitor's page, in one theme. Decoration: the words above say what there is to say.
 * @param {{ theme: string, words: string, shades: Shades, shop: string }} props
 */
function Preview({ theme, words, shades, shop }) {
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  useEffect(() => paint(box.current, shades), [shades]);
  return html`<figure class="settings-preview" data-theme=${theme} ref=${box}>
    <div aria-hidden="true">
      <p class="preview-head"><span class="preview-mark"></span><b>${shop || t("settings.preview.shop")}</b></p>
      <p class="preview-bubble">${t("settings.preview.them")}</p>
      <p class="preview-bubble" data-mine>${t("settings.preview.you")}</p>
      <p class="preview-foot"><span class="preview-link">${t("settings.preview.link")}</span><span class="preview-button">${t("settings.preview.button")}</span></p>
    </div>
    <figcaption>${words}</figcaption>
  </figure>`;
}
