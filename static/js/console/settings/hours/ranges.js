/** The times of one day, each with its beginning and its end; none is closed. */

import { html, useElement } from "../../../lib.js";
import { t } from "../../../i18n.js";
import { Icon } from "../../components/icons.js";
import { MOST_RANGES, another, isNight, wrong } from "./week.js";

/** @import { Content, FieldEvent, Key, Times, Ref } from "../../../types.d.ts" */

/** @type {Record<"lacking" | "overlap", Key>} */
const TROUBLES = { lacking: "hours.lacking", overlap: "hours.overlap" };

/**
 * `day`: what it is called, `next`: the one after it, on which a night ends; `tried`: whether somebody wanted to save it;
 * `children`: what can be done with it besides.
 * @param {{ day: string, next: string, ranges: Times[], tried: boolean, onChange: (ranges: Times[]) => void, children?: Content }} props
 */
export function Ranges({ day, next, ranges, tried, onChange, children }) {
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  /** @param {string} place */
  const focus = (place) =>
    requestAnimationFrame(() => /** @type {HTMLElement | null} */ (box.current?.querySelector(place))?.focus());
  const add = () => {
    onChange([...ranges, another(ranges)]);
    focus("li:last-child input");
  };
  /**
   * @param {number} n
   * @param {Times} changed
   */
  const change = (n, changed) => onChange(ranges.map((one, at) => (at === n ? changed : one)));
  /** @param {number} gone */
  const remove = (gone) => {
    onChange(ranges.filter((_, n) => n !== gone));
    focus(".hours-add"); // what was pressed is gone
  };
  const trouble = wrong(ranges);
  const said = trouble === "overlap" || (trouble && tried) ? t(TROUBLES[trouble]) : "";
  return html`<div class="hours-ranges" ref=${box}>
    ${!ranges.length && html`<p class="hours-closed">${t("hours.closed")}</p>`}
    <ul>
      ${ranges.map((range, n) => html`<${One} key=${n} name=${ranges.length > 1 ? `${day} ${n + 1}` : day} next=${next} range=${range} isWrong=${Boolean(said)} onChange=${(/** @type {Times} */ changed) => change(n, changed)} onRemove=${() => remove(n)} />`)}
    </ul>
    <p class="trouble" role="alert">${said}</p>
    <div class="hours-does">
      ${ranges.length < MOST_RANGES && html`<button type="button" class="button hours-add" aria-label=${t("settings.of", { does: t("hours.add"), name: day })} onClick=${add}><${Icon} name="plus" />${t("hours.add")}</button>`}
      ${children}
    </div>
  </div>`;
}

/** @param {{ name: string, next: string, range: Times, isWrong: boolean, onChange: (range: Times) => void, onRemove: () => void }} props */
function One({ name, next, range, isWrong, onChange, onRemove }) {
  const [opens, closes] = range;
  const night = isNight(range) && (opens === closes ? t("hours.around") : t("hours.night", { day: next }));
  return html`<li class="hours-range">
    <input type="time" class="field" required aria-label=${t("hours.opens", { day: name })} aria-invalid=${isWrong ? "true" : undefined} value=${opens} onInput=${(/** @type {FieldEvent} */ event) => onChange([event.currentTarget.value, closes])} />
    <span aria-hidden="true">–</span>
    <input type="time" class="field" required aria-label=${t("hours.closes", { day: name })} aria-invalid=${isWrong ? "true" : undefined} value=${closes.replace("24:", "00:")} onInput=${(/** @type {FieldEvent} */ event) => onChange([opens, event.currentTarget.value])} />
    <button type="button" class="icon-button" aria-label=${t("settings.of", { does: t("site.remove"), name })} title=${t("site.remove")} onClick=${onRemove}><${Icon} name="close" /></button>
    ${night && html`<span class="hours-night">${night}</span>`}
  </li>`;
}
