/** The week at a glance: a bar for each day, with what the night before left of it. */

import { html } from "../../../lib.js";
import { t } from "../../../i18n.js";
import { locale } from "../../../time.js";
import { DAYS, DAY_MINUTES, dayName, parts } from "./week.js";

/** @import { Hours } from "../../../types.d.ts" */

const SCALE = [0, 6, 12, 18, 24]; // hours

/** @param {number} hour */
const scale = (hour) =>
  new Intl.DateTimeFormat(locale, { hour: "numeric", timeZone: "UTC" }).format(Date.UTC(2024, 0, 1, hour));

/** @param {number} minutes */
const share = (minutes) => `${(minutes / DAY_MINUTES) * 100}%`;

/** What it shows is what the fields beside it say. @param {{ week: Hours["week"] }} props */
export function Glance({ week }) {
  return html`<div class="hours-glance" aria-hidden="true">
    ${DAYS.map((day) => {
      const open = parts(week, day);
      return html`<b key=${day}>${dayName(day, "short")}</b>
        <span class="hours-bar" data-day=${day}>
          ${open.map(({ begin, end, night }) => html`<i key=${`${begin}${night}`} data-night=${night ? "" : undefined} style=${{ insetInlineStart: share(begin), width: share(end - begin) }}></i>`)}
          ${!open.length && html`<em>${t("hours.closed")}</em>`}
        </span>`;
    })}
    <span class="hours-scale">${SCALE.map((hour) => html`<small key=${hour} style=${{ insetInlineStart: share(hour * 60) }}>${scale(hour)}</small>`)}</span>
  </div>`;
}
