/** A colour to choose, which the server judges while it is chosen. */

import { html, useEffect, useElement, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { codeOf, get } from "../../api.js";
import { Field } from "./controls.js";

/** @import { Palette, Ref } from "../../types.d.ts" */

const PRODUCT_COLOUR = "#2f5bd3"; // the product's, where none was chosen
const SUGGESTED_COLOURS = [PRODUCT_COLOUR, "#0a7d4f", "#b3261e", "#7a3ec8", "#a8480a", "#22303c"];
const PREVIEW_DELAY_MS = 120; // a hand that drags through the colours is asked about where it stops
const HEX_COLOUR = /^#[0-9a-f]{6}$/i;

/**
 * `value` is "" for the colour that is `own` without a choice; `hint` says which that is.
 * @param {{ value: string, own?: string, label: string, hint: string, trouble?: string, onChange: (value: string) => void }} props
 */
export function ColourField({ value, own = PRODUCT_COLOUR, label, hint, trouble, onChange }) {
  const suggested = [...new Set([own, ...SUGGESTED_COLOURS])];
  return html`<div class="settings-swatches" role="group" aria-label=${t("settings.suggested")}>
      ${suggested.map((colour) => html`<${Swatch} key=${colour} colour=${colour} chosen=${(value || own) === colour} onChoose=${() => onChange(colour === own ? "" : colour)} />`)}
    </div>
    <${Field}
      label=${label}
      hint=${value ? "" : hint}
      trouble=${trouble}
      control=${(tied) => html`<span class="settings-colour">
        <input type="color" aria-label=${t("settings.colour.pick")} value=${HEX_COLOUR.test(value) ? value.toLowerCase() : own} onInput=${(event) => onChange(event.currentTarget.value)} />
        <input class="field" ...${tied} value=${value} placeholder=${own} onInput=${(event) => onChange(event.currentTarget.value.trim())} maxlength="7" spellcheck=${false} autocomplete="off" />
      </span>`}
    />`;
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
export function useJudged(accent) {
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
