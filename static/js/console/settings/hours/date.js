/** One date that differs as it is edited, or several in a row. */

import { html } from "../../../lib.js";
import { t } from "../../../i18n.js";
import { Check } from "../../site/entries.js";
import { Field, Segments } from "../controls.js";
import { wrongDate } from "./date_words.js";
import { Ranges } from "./ranges.js";

/** @import { Dates, FieldEvent, Times } from "../../../types.d.ts" */
/** @import { Attributes } from "../controls.js" */

/** @param {{ dates: Dates, tried: boolean, onChange: (changed: Dates) => void }} props */
export function DateEditor({ dates, tried, onChange }) {
  const { on, from, to, yearly = false, ranges } = dates;
  const isOne = on !== undefined;
  const found = wrongDate(dates);
  const trouble = found && found !== "ranges" && (tried || found === "hours.date.order") ? t(found) : "";
  const rest = { ranges, ...(yearly ? { yearly } : {}) };
  /** @param {string} kind */
  const choose = (kind) => {
    if ((kind === "one") !== isOne) onChange(isOne ? { from: on, to: "", ...rest } : { on: from ?? "", ...rest });
  };
  return html`<div class="site-choice hours-date">
    <${Segments} label=${t("hours.date")} chosen=${isOne ? "one" : "several"} all=${[
      ["one", t("hours.date.one")],
      ["several", t("hours.date.several")],
    ]} onChoose=${choose} />
    <div class="site-offsets">
      ${
        isOne
          ? html`<${Day} key="on" label=${t("hours.date.on")} value=${on} trouble=${trouble} onChange=${(/** @type {string} */ date) => onChange({ on: date, ...rest })} />`
          : html`<${Day} key="from" label=${t("hours.date.from")} value=${from ?? ""} onChange=${(/** @type {string} */ date) => onChange({ from: date, to, ...rest })} />
            <${Day} key="to" label=${t("hours.date.to")} value=${to ?? ""} trouble=${trouble} onChange=${(/** @type {string} */ date) => onChange({ from, to: date, ...rest })} />`
      }
    </div>
    <${Check} words="hours.date.yearly" checked=${yearly} onChange=${(/** @type {boolean} */ every) => onChange({ ...dates, yearly: every })} />
    <${Ranges} day=${t("hours.date")} next=${t("hours.date.next")} ranges=${ranges} tried=${tried} onChange=${(/** @type {Times[]} */ changed) => onChange({ ...dates, ranges: changed })} />
  </div>`;
}

/** @param {{ label: string, value: string, trouble?: string, onChange: (date: string) => void }} props */
function Day({ label, value, trouble, onChange }) {
  return html`<${Field}
    label=${label}
    trouble=${trouble}
    control=${(/** @type {Attributes} */ tied) => html`<input type="date" class="field" ...${tied} required value=${value} onInput=${(/** @type {FieldEvent} */ event) => onChange(event.currentTarget.value)} />`}
  />`;
}
