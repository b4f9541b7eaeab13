/** Which days: today, the last 7 or 30, or from one day to another. */

import { html, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { CHOICES, MOST_DAYS, answerable, last, today } from "./range.js";

/** @import { FieldEvent, Key, Range } from "../../types.d.ts" */

/** @type {Record<string, Key>} */
const CHOICE_WORDS = {
  today: "reports.range.today",
  week: "reports.range.week",
  month: "reports.range.month",
  own: "reports.range.own",
};

/**
 * `onChoose({name, from, to})`, when what is chosen can be answered.
 * @param {{ chosen: Range, onChoose: (range: Range) => void }} props
 */
export function Choice({ chosen, onChoose }) {
  const [own, change] = useState(chosen);
  const [open, show] = useState(chosen.name === "own");
  /** @param {string} name */
  const pick = (name) => {
    show(name === "own");
    const days = name === "own" ? { from: chosen.from, to: chosen.to } : last(CHOICES[name]);
    const range = { name, ...days };
    change(range);
    onChoose(range);
  };
  /**
   * @param {"from" | "to"} name
   * @returns {(event: FieldEvent) => void}
   */
  const set = (name) => (event) => {
    const range = { ...own, name: "own", [name]: event.currentTarget.value };
    change(range);
    if (answerable(range)) onChoose(range);
  };
  return html`<div class="range">
    <div class="segments" role="group" aria-label=${t("reports.range")}>
      ${Object.entries(CHOICE_WORDS).map(([name, words]) => html`<button key=${name} type="button" aria-pressed=${chosen.name === name} onClick=${() => pick(name)}>${t(words)}</button>`)}
    </div>
    ${
      open &&
      html`<div class="range-own">
      <label>${t("reports.from")}<input type="date" value=${own.from} max=${today()} onChange=${set("from")} /></label>
      <label>${t("reports.to")}<input type="date" value=${own.to} max=${today()} onChange=${set("to")} /></label>
      <p class="range-wrong" role="status">${answerable(own) ? "" : t("reports.span", { days: MOST_DAYS })}</p>
    </div>`
    }
  </div>`;
}
