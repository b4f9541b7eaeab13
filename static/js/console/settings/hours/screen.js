/** Opening hours: always, or a week and the dates that differ, by one clock; and how it stands now. */

import { html, useElement, useRef, useState } from "../../../lib.js";
import { t } from "../../../i18n.js";
import { shop } from "../../../shop.js";
import { Icon } from "../../components/icons.js";
import { Foot, Section, troubleOf } from "../controls.js";
import { SHOP, formOf, useSettings } from "../form.js";
import { inOrder, wrongDate } from "./date_words.js";
import { DatesThatDiffer } from "./dates.js";
import { Glance } from "./glance.js";
import { Standing } from "./standing.js";
import { usual, wrong } from "./week.js";
import { Week } from "./days.js";
import { Zone } from "./zone.js";

/** @import { Dates, Hours, Ref } from "../../../types.d.ts" */
/** @import { Workspace } from "../../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export default function HoursScreen({ workspace }) {
  const known = useSettings();
  const boss = workspace.isBoss();
  return html`<header class="screen-head site-head">
      <button type="button" class="icon-button" aria-label=${t("site.back")} onClick=${() => workspace.go("settings")}><${Icon} name="back" /></button>
      <h2>${t("rail.hours")}</h2>
    </header>
    <div class="screen-body settings hours" aria-busy=${known === "loading"}>
      ${!boss && html`<p class="quiet">${t("hours.admins")}</p>`}
      ${known === "failed" && html`<p class="trouble" role="alert">${t("error.unreachable")}</p>`}
      ${boss && known === "ready" && html`<${Editor} workspace=${workspace} />`}
    </div>`;
}

/** @param {{ workspace: Workspace }} props */
function Editor({ workspace }) {
  const form = formOf(workspace, SHOP, "hours");
  /** @type {Hours | null} */
  const hours = form.values.value.hours;
  const kept = useRef(hours); // who tries what "always" is like has not lost the rest
  if (hours) kept.current = hours;
  const [tried, attempt] = useState(false);
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  /** @param {Partial<Hours>} change */
  const set = (change) => form.set("hours", { .../** @type {Hours} */ (hours), ...change });
  /** @param {Event} event */
  const save = async (event) => {
    event.preventDefault();
    if (!form.dirty || form.rival.peek()) return;
    attempt(!isWhole(hours));
    if (!isWhole(hours)) {
      requestAnimationFrame(() =>
        /** @type {HTMLElement | null} */ (box.current?.querySelector("[aria-invalid]"))?.focus(),
      );
      return;
    }
    if (hours) set({ dates: inOrder(hours.dates) });
    await form.save();
  };
  return html`<form class="settings-column" ref=${box} onSubmit=${save} novalidate>
      <${Section} name="hours-when" title=${t("hours.when")} lead=${t("hours.lead")}>
        <${Choice} checked=${!hours} words=${t("hours.always")} hint=${t("hours.always.hint")} onChoose=${() => form.set("hours", null)} />
        <${Choice} checked=${Boolean(hours)} words=${t("hours.some")} hint=${t("hours.some.hint")} onChoose=${() => form.set("hours", kept.current ?? usual())} />
        ${hours && html`<${Zone} zone=${hours.zone} trouble=${troubleOf(form, "bad_zone")} onChange=${(/** @type {string} */ zone) => set({ zone })} />`}
      <//>
      ${
        hours &&
        html`<${Section} name="hours-week" title=${t("hours.week")}>
            <${Week} week=${hours.week} tried=${tried} onChange=${(/** @type {Hours["week"]} */ week) => set({ week })} />
          <//>
          <${Section} name="hours-dates" title=${t("hours.dates")} lead=${t("hours.dates.lead")}>
            <${DatesThatDiffer} dates=${hours.dates} zone=${hours.zone} tried=${tried} onChange=${(/** @type {Dates[]} */ dates) => set({ dates })} />
          <//>`
      }
      <div class="hours-foot">
        ${tried && !isWhole(hours) && html`<p class="trouble" role="alert">${t("hours.unfinished")}</p>`}
        <${Foot} form=${form} codes=${["bad_zone"]} theirs=${shop.value.hours && html`<${Glance} week=${shop.value.hours.week} />`} />
      </div>
    </form>
    <div class="settings-column hours-side"><${Standing} hours=${hours} dirty=${form.dirty} /></div>`;
}

/** @param {{ checked: boolean, words: string, hint: string, onChoose: () => void }} props */
function Choice({ checked, words, hint, onChoose }) {
  return html`<label class="site-check hours-choice"><input type="radio" name="hours-when" checked=${checked} onChange=${onChoose} /><span>${words}<small class="quiet">${hint}</small></span></label>`;
}

/** Whether nothing is missing and nothing is wrong. @param {Hours | null} hours */
const isWhole = (hours) =>
  !hours || (!Object.values(hours.week).some((ranges) => wrong(ranges)) && !hours.dates.some((one) => wrongDate(one)));
