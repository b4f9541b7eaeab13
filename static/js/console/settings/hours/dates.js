/** Dates on which it is otherwise: holidays, and days with times of their own. */

import { html, useElement, useState } from "../../../lib.js";
import { t } from "../../../i18n.js";
import { Icon } from "../../components/icons.js";
import { DateEditor } from "./date.js";
import { told, wrongDate } from "./date_words.js";
import { dateThere } from "./week.js";

/** @import { Dates, Ref } from "../../../types.d.ts" */

const MOST = 100; // as the server takes them
/** @type {Dates} */
const NEW = { on: "", ranges: [] };

/** @param {{ dates: Dates[], zone: string, tried: boolean, onChange: (dates: Dates[]) => void }} props */
export function DatesThatDiffer({ dates, zone, tried, onChange }) {
  const [open, set] = useState(-1); // the place of the one that is edited
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  /** @param {string} place */
  const focus = (place) =>
    requestAnimationFrame(() => /** @type {HTMLElement | null} */ (box.current?.querySelector(place))?.focus());
  const add = () => {
    onChange([...dates, NEW]);
    set(dates.length);
    focus("li:last-child input[type=date]");
  };
  /** @param {number} gone */
  const remove = (gone) => {
    onChange(dates.filter((_, n) => n !== gone));
    set(-1);
    focus(":scope > .button"); // what was pressed is gone
  };
  /**
   * @param {number} n
   * @param {Dates} changed
   */
  const change = (n, changed) => onChange(dates.map((one, at) => (at === n ? changed : one)));
  const today = dateThere(zone);
  return html`<div ref=${box}>
    <ul class="settings-rows">
      ${dates.map((one, n) => {
        const isOpen = open === n || (tried && Boolean(wrongDate(one)));
        return html`<li key=${n} class="site-trigger">
          <${Row} dates=${one} isOver=${isOver(one, today)} open=${isOpen} onOpen=${() => set(isOpen ? -1 : n)} onRemove=${() => remove(n)} />
          ${isOpen && html`<${DateEditor} dates=${one} tried=${tried} onChange=${(/** @type {Dates} */ changed) => change(n, changed)} />`}
        </li>`;
      })}
    </ul>
    ${dates.length < MOST && html`<button type="button" class="button" onClick=${add}><${Icon} name="plus" />${t("hours.dates.add")}</button>`}
  </div>`;
}

/** @param {{ dates: Dates, isOver: boolean, open: boolean, onOpen: () => void, onRemove: () => void }} props */
function Row({ dates, isOver, open, onOpen, onRemove }) {
  const { when, what } = told(dates);
  const more = [what, dates.yearly && t("hours.date.yearly"), isOver && t("hours.date.over")];
  return html`<div class="settings-row" data-over=${isOver ? "" : undefined}>
    <p class="settings-reply"><b>${when}</b><span>${more.filter(Boolean).join(" · ")}</span></p>
    <span class="settings-does">
      <button type="button" class="button" aria-expanded=${open} aria-label=${t("settings.of", { does: t("settings.replies.edit"), name: when })} onClick=${onOpen}>${t("settings.replies.edit")}</button>
      <button type="button" class="button" aria-label=${t("settings.of", { does: t("site.remove"), name: when })} onClick=${onRemove}>${t("site.remove")}</button>
    </span>
  </div>`;
}

/**
 * Whether it was, and does not come again.
 * @param {Dates} dates
 * @param {string} today
 */
const isOver = ({ on, to, yearly }, today) => {
  const last = on ?? to;
  return Boolean(last) && !yearly && /** @type {string} */ (last) < today;
};
