/**
 * A chart of columns in SVG: one for each slot, of one or two series on top of each other. Drawn here, in 1 KB:
 * a library is ten to twenty times that. Colours are the style sheet's, so a change of theme needs no drawing. The
 * second series is hatched: whoever sees no colours, or has them all alike, tells the two apart.
 */

import { html, useId, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { steps } from "./figures.js";
import { number, slotName } from "./names.js";

/** @import { Series, Slot } from "../../types.d.ts" */

const COLUMN_HEIGHT = 150; // px of the tallest column
const TOP_SPACE = 8; // px above it
const FOOT_SPACE = 24; // px below, for the names of slots
const MOST_NAMES = 5; // of days, at most so many of them
const HOUR_STEP = 4; // between two names of hours

/**
 * `series`: `[{key, name}]`, each a number of every slot. `gist` says in words what is to be seen.
 * @param {{ slots: Slot[], series: Series[], gist: string }} props
 */
export function Columns({ slots, series, gist }) {
  const [at, look] = useState(/** @type {number | null} */ (null));
  const hatch = useId();
  const sums = slots.map((slot) => series.reduce((sum, { key }) => sum + slot[key], 0));
  const ticks = steps(Math.max(...sums));
  const top = ticks[ticks.length - 1];
  /** @param {number} value */
  const y = (value) => TOP_SPACE + COLUMN_HEIGHT * (1 - value / top);
  const wide = 100 / slots.length; // percent: so the chart is as wide as there is room
  const every = typeof slots[0].key === "number" ? HOUR_STEP : Math.ceil(slots.length / MOST_NAMES);
  return html`<${Legend} series=${series} slot=${at === null ? null : slots[at]} />
    <div class="columns" onPointerLeave=${() => look(null)}>
      <svg class="columns-scale" height=${TOP_SPACE + COLUMN_HEIGHT + FOOT_SPACE} aria-hidden="true">
        ${ticks.map((value) => html`<text key=${value} x="100%" y=${y(value) + 4} text-anchor="end">${number(value)}</text>`)}
      </svg>
      <svg class="columns-plot" height=${TOP_SPACE + COLUMN_HEIGHT + FOOT_SPACE} role="img" aria-label=${gist}>
        <pattern id=${hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="columns-ground" width="5" height="5" /><rect class="columns-hatch" width="2" height="5" /></pattern>
        ${ticks.map((value) => html`<line key=${value} x1="0" x2="100%" y1=${y(value)} y2=${y(value)} />`)}
        ${slots.map((slot, index) => {
          let below = 0;
          return html`<g key=${slot.key} data-looked=${at === index ? "" : undefined} onPointerEnter=${() => look(index)}>
            <rect class="columns-slot" x="${index * wide}%" width="${wide}%" y="0" height=${TOP_SPACE + COLUMN_HEIGHT} />
            ${series.map(({ key }, order) => {
              const from = below;
              below += slot[key];
              return html`<rect key=${key} data-series=${order} fill=${order ? `url(#${hatch})` : undefined} x="${(index + 0.14) * wide}%" width="${wide * 0.72}%" y=${y(below)} height=${y(from) - y(below)} />`;
            })}
            ${index % every === 0 && html`<text x="${(index + 0.5) * wide}%" y=${TOP_SPACE + COLUMN_HEIGHT + 17} text-anchor="middle">${slotName(slot)}</text>`}
          </g>`;
        })}
      </svg>
    </div>`;
}

/**
 * What the colours stand for, and what the slot under the pointer holds.
 * @param {{ series: Series[], slot: Slot | null }} props
 */
function Legend({ series, slot }) {
  return html`<p class="legend" aria-hidden="true">
    ${
      (slot || series.length > 1) &&
      series.map(
        ({ key, name }, order) =>
          html`<span key=${key} class="legend-item"><i data-series=${order}></i>${t(name)}${slot && html` <b>${number(slot[key])}</b>`}</span>`,
      )
    }
    ${slot && html`<span class="legend-slot">${slotName(slot, true)}</span>`}
  </p>`;
}
