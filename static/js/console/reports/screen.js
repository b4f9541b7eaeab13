/** The reports: how it stands now, the figures of some days, and a chart with its table for each. */

import { html, signal, useEffect, useState } from "../../lib.js";
import { plural, t } from "../../i18n.js";
import { get } from "../../api.js";
import { inZone } from "../../zone.js";
import { Charts } from "./charts.js";
import { Choice } from "./choice.js";
import { average, median } from "./figures.js";
import { LENGTH_WORDS, duration, number } from "./names.js";
import { Now, Tile } from "./now.js";
import { address, CHOICES, last } from "./range.js";
import { goodPart, ratings } from "./ratings.js";
import { today } from "../../today.js";

/** @import { Lengths, Range, Report, Signal } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const REFRESH_INTERVAL_MS = 30_000; // what happens meanwhile is seen as soon as that
/** @type {Signal<Range>} */
const chosen = signal({ name: "week", ...last(CHOICES.week) }); // kept while the page is open

/** @param {{ workspace: Workspace }} props */
export default function Reports({ workspace }) {
  const range = chosen.value;
  const { report, failed, again } = useReport(range);
  return html`<header class="screen-head reports-head">
      <h2>${t("rail.reports")}</h2>
      <${Choice} chosen=${range} onChoose=${(/** @type {Range} */ one) => (chosen.value = one)} />
    </header>
    <div class="screen-body reports" aria-busy=${report?.from !== range.from || report.to !== range.to}>
      <${Now} workspace=${workspace} />
      ${
        failed &&
        html`<div class="reports-failed" role="alert">
        <p>${t("error.unreachable")}</p>
        <button type="button" class="button" onClick=${again}>${t("case.again")}</button>
      </div>`
      }
      ${report ? html`<${Totals} report=${report} /><${Charts} report=${report} />` : !failed && html`<div class="reports-skeleton" role="status"><span class="said">${t("reports.loading")}</span>${[1, 2, 3, 4].map((n) => html`<i key=${n}></i>`)}</div>`}
    </div>`;
}

/**
 * The report of these days, asked for again from time to time while the page is looked at.
 * @param {Range} range
 */
function useReport({ name, from, to }) {
  const [state, set] = useState(/** @type {{ report?: Report, failed?: boolean }} */ ({}));
  const [turn, next] = useState(0);
  const day = today.value;
  useEffect(() => {
    let over = false;
    const load = async () => {
      const now = CHOICES[name] && last(CHOICES[name]);
      if (now && now.to !== to) return void (chosen.value = { name, ...now }); // it was midnight
      try {
        const report = await inZone(() => get(address({ from, to })));
        if (!over) set({ report });
      } catch {
        if (!over) set((before) => ({ ...before, failed: true }));
      }
    };
    load();
    const timer = setInterval(() => document.hidden || load(), REFRESH_INTERVAL_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [name, from, to, turn, day]);
  return { ...state, again: () => next(turn + 1) };
}

/** @param {{ report: Report }} props */
function Totals({ report }) {
  const { total } = report;
  return html`<section aria-labelledby="report-total">
    <h3 id="report-total">${t("reports.total")}</h3>
    <dl class="tiles">
      <${Tile} name="conversations" label=${t("reports.tile.conversations")} value=${number(total.conversations)} />
      <${Tile} name="messages" label=${t("reports.tile.messages")} value=${number(total.from_visitors + total.from_team)} note=${t("reports.tile.messages.note", { visitors: number(total.from_visitors), team: number(total.from_team) })} />
      <${Length} name="first" label=${t("reports.tile.first")} of=${total.first} many=${plural("reports.first.count", total.first.count)} />
      <${Length} name="resolved" label=${t("reports.tile.resolved")} of=${total.resolved} many=${plural("reports.resolved.count", total.resolved.count)} />
      <${Tile} name="ratings" label=${t("reports.tile.ratings")} value=${goodPart(total)} note=${total.good + total.bad ? ratings(total) : t("reports.none")} />
    </dl>
  </section>`;
}

/**
 * The class of the median is what people mean by "usually"; an average tells of the few that took long.
 * @param {{ name: keyof typeof LENGTH_WORDS, label: string, of: Lengths, many: string }} props
 */
function Length({ name, label, of, many }) {
  if (!of.count) return html`<${Tile} name=${name} label=${label} value="–" note=${t("reports.none")} />`;
  const note = `${t("reports.average", { time: duration(average(of)) })} · ${many}`;
  return html`<${Tile} name=${name} label=${label} value=${t(LENGTH_WORDS[name].classes[median(of)])} note=${note} />`;
}
