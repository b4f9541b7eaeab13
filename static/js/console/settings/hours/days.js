/** The week as it is edited, a day a row, each with what makes others like it. */

import { html } from "../../../lib.js";
import { t } from "../../../i18n.js";
import { Menu } from "../../../components/menu.js";
import { Ranges } from "./ranges.js";
import { DAYS, WORKDAYS, dayAfter, dayName } from "./week.js";

/** @import { Day, Hours, Key, Times } from "../../../types.d.ts" */
/** @import { Act } from "../../../components/menu.js" */

/** @type {{ days: Day[], words: Key }[]} */
const COPIES = [
  { days: WORKDAYS, words: "hours.copy.workdays" },
  { days: DAYS, words: "hours.copy.all" },
];

/** @param {{ week: Hours["week"], tried: boolean, onChange: (week: Hours["week"]) => void }} props */
export function Week({ week, tried, onChange }) {
  /** @param {Day[]} days @param {Times[]} ranges */
  const set = (days, ranges) => {
    const all = { ...week, ...Object.fromEntries(days.map((day) => [day, ranges])) };
    onChange(Object.fromEntries(DAYS.filter((day) => all[day]?.length).map((day) => [day, all[day]])));
  };
  return html`<ul class="hours-week">
    ${DAYS.map((day) => {
      const [name, ranges] = [dayName(day), week[day] ?? []];
      return html`<li key=${day} class="hours-day" data-day=${day}>
        <h4>${name}</h4>
        <${Ranges} day=${name} next=${dayName(dayAfter(day))} ranges=${ranges} tried=${tried} onChange=${(/** @type {Times[]} */ changed) => set([day], changed)}>
          <${Menu} name="hours-copy" trigger=${{ class: "button", "aria-label": t("settings.of", { does: t("hours.copy"), name }) }} face=${t("hours.copy")}>
            ${(/** @type {Act} */ act) => COPIES.map(({ days, words }) => html`<button type="button" key=${words} class="menu-item" onClick=${act(() => set(days, ranges))}>${t(words)}</button>`)}
          <//>
        <//>
      </li>`;
    })}
  </ul>`;
}
