/** One trigger as it is edited: what it says, and when. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { ByLanguage, withLanguage } from "../settings/by_language.js";
import { Field } from "../settings/controls.js";
import { Check } from "./entries.js";

/** @import { FieldEvent, Key, Trigger } from "../../types.d.ts" */

const LONGEST_S = 600; // as the server takes it
/** @type {{ name: "once" | "attended" | "on", words: Key }[]} */
const SWITCHES = [
  { name: "once", words: "site.trigger.once" },
  { name: "attended", words: "site.trigger.attended" },
  { name: "on", words: "site.trigger.on" },
];

/** @param {{ trigger: Trigger, onChange: (changed: Trigger) => void, tried: boolean, onTry: () => void }} props */
export function Editor({ trigger, onChange, tried, onTry }) {
  /** @param {Partial<Trigger>} change */
  const set = (change) => onChange({ ...trigger, ...change });
  return html`<div class="site-choice">
    <${ByLanguage}
      written=${Object.keys(trigger.text)}
      each=${(/** @type {string} */ code, /** @type {string} */ language) => html`<${Field}
        label=${t("site.trigger.text", { language })}
        control=${(tied) => html`<input class="field" ...${tied} lang=${code} dir="auto" maxlength="160" value=${trigger.text[code] ?? ""} onInput=${(/** @type {FieldEvent} */ event) => set({ text: withLanguage(trigger.text, code, event.currentTarget.value) })} autocomplete="off" />`}
      />`}
    />
    <button type="button" class="button" aria-pressed=${tried} onClick=${onTry}>${t("site.trigger.try")}</button>
    <div class="site-offsets">
      <${Field}
        label=${t("site.trigger.seconds")}
        control=${(tied) => html`<input class="field" ...${tied} type="number" min="0" max=${LONGEST_S} step="1" inputmode="numeric" value=${trigger.seconds} onInput=${(/** @type {FieldEvent} */ event) => set({ seconds: seconds(event.currentTarget.value) })} />`}
      />
      <${Field}
        label=${t("site.trigger.part")}
        hint=${t("site.trigger.part.hint")}
        control=${(tied) => html`<input class="field" ...${tied} dir="ltr" maxlength="100" placeholder="/checkout" inputmode="url" autocapitalize="none" autocomplete="off" spellcheck=${false} value=${trigger.part} onInput=${(/** @type {FieldEvent} */ event) => set({ part: event.currentTarget.value })} />`}
      />
    </div>
    ${SWITCHES.map(({ name, words }) => html`<${Check} key=${name} words=${words} checked=${trigger[name]} onChange=${(/** @type {boolean} */ on) => set({ [name]: on })} />`)}
  </div>`;
}

/** @param {string} text */
const seconds = (text) => Math.min(LONGEST_S, Math.max(0, Math.trunc(Number(text) || 0)));
