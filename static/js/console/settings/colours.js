/** The shop's colour: chosen, judged by the server while it is chosen, and shown in both themes. */

import { html, useEffect, useElement, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { codeOf, get } from "../../api.js";
import { paint } from "../../shop.js";
import { formOf } from "./form.js";
import { Field, Foot, Section, submit, troubleOf } from "./controls.js";

/** @import { Key, Palette, Ref, Shades } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @type {{ theme: keyof Palette, words: Key }[]} */
const THEMES = [
  { theme: "light", words: "settings.theme.light" },
  { theme: "dark", words: "settings.theme.dark" },
];
const PRODUCT_COLOUR = "#2f5bd3"; // the product's, where none was chosen
const SUGGESTED_COLOURS = [PRODUCT_COLOUR, "#0a7d4f", "#b3261e", "#7a3ec8", "#a8480a", "#22303c"];
const PREVIEW_DELAY_MS = 120; // a hand that drags through the colours is asked about where it stops
const HEX_COLOUR = /^#[0-9a-f]{6}$/i;

/** @param {{ workspace: Workspace }} props */
export function Colours({ workspace }) {
  const form = formOf(workspace, "accent");
  const accent = form.values.value.accent ?? "";
  /** @param {string} value */
  const set = (value) => form.set("accent", value);
  const judged = useJudged(accent);
  const palette = judged?.palette;
  const trouble = troubleOf(form, "bad_colour") || judged?.trouble;
  return html`<${Section} name="colours" title=${t("settings.colours")} lead=${t("settings.colours.lead")}>
    <form onSubmit=${submit(form)} novalidate>
      <div class="settings-swatches" role="group" aria-label=${t("settings.suggested")}>
        ${SUGGESTED_COLOURS.map((colour) => html`<${Swatch} key=${colour} colour=${colour} chosen=${(accent || PRODUCT_COLOUR) === colour} onChoose=${() => set(colour === PRODUCT_COLOUR ? "" : colour)} />`)}
      </div>
      <${Field}
        label=${t("settings.colour")}
        hint=${accent ? "" : t("settings.colour.own")}
        trouble=${trouble}
        control=${(tied) => html`<span class="settings-colour">
          <input type="color" aria-label=${t("settings.colour.pick")} value=${HEX_COLOUR.test(accent) ? accent.toLowerCase() : PRODUCT_COLOUR} onInput=${(event) => set(event.currentTarget.value)} />
          <input class="field" ...${tied} value=${accent} placeholder=${PRODUCT_COLOUR} onInput=${(event) => set(event.currentTarget.value.trim())} maxlength="7" spellcheck=${false} autocomplete="off" />
        </span>`}
      />
      ${
        palette &&
        html`<div class="settings-previews">${THEMES.map(({ theme, words }) => html`<${Preview} key=${theme} theme=${theme} words=${t(words)} shades=${palette[theme]} shop=${workspace.shopName()} />`)}</div>`
      }
      <${Foot} form=${form} codes=${["bad_colour"]} />
    </form>
  <//>`;
}

/** @param {{ colour: string, chosen: boolean, onChoose: () => void }} props */
function Swatch({ colour, chosen, onChoose }) {
  return html`<button type="button" class="settings-swatch" aria-pressed=${chosen} aria-label=${t("settings.colour.is", { colour })} title=${colour} onClick=${onChoose}><${Dot} colour=${colour} /></button>`;
}

/** @param {{ colour: string }} props */
function Dot({ colour }) {
  /** @type {Ref<HTMLElement>} */
  const dot = useElement();
  useEffect(() => dot.current.style.setProperty("background", colour), [colour]);
  return html`<i class="settings-dot" ref=${dot}></i>`;
}

/**
 * What the server says of a colour: `{palette, trouble}`; null while it is not known.
 * @param {string} accent
 */
function useJudged(accent) {
  const [judged, set] = useState(/** @type {{ palette?: Palette, trouble: string } | null} */ (null));
  useEffect(() => {
    let stale = false;
    const ask = async () => {
      const query = new URLSearchParams({ as: "agent", accent: accent || PRODUCT_COLOUR });
      try {
        const { palette } = await get(`/v1/shop/palette?${query}`);
        if (!stale) set({ palette, trouble: "" });
      } catch (error) {
        const trouble = codeOf(error) === "bad_colour" ? reason(error) : "";
        if (!stale) set((known) => ({ palette: known?.palette, trouble }));
      }
    };
    const timer = setTimeout(ask, PREVIEW_DELAY_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [accent]);
  return judged;
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
