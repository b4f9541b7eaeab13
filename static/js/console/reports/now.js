/** How the shop stands this moment, from the live list. */

import { html } from "../../lib.js";
import { plural, t } from "../../i18n.js";
import { brief, seconds, since } from "../clock.js";
import { owedSince, urgency } from "../groups.js";
import { number } from "./names.js";

/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export function Now({ workspace }) {
  const { waiting, mine, held } = workspace.liveList.groups.value;
  const talks = workspace.liveList.of([...mine, ...held]);
  const owed = talks.filter(owedSince).length;
  const first = waiting[0] && workspace.liveList.row(waiting[0])?.value.waiting_since;
  const longest = first ? since(first, seconds.value) : null;
  const online = workspace.liveList.agents.value.filter((agent) => agent.online).length;
  return html`<section aria-labelledby="report-now">
    <h3 id="report-now">${t("reports.now")}</h3>
    <dl class="tiles">
      <${Tile} name="waiting" label=${t("reports.tile.waiting")} value=${number(waiting.length)} />
      <${Tile} name="longest" label=${t("reports.tile.longest")} value=${longest === null ? "–" : brief(longest)} urgency=${longest === null ? "" : urgency(longest)} />
      <${Tile} name="held" label=${t("reports.tile.held")} value=${number(talks.length)} note=${owed > 0 && plural("reports.tile.held.owed", owed)} />
      <${Tile} name="online" label=${t("reports.tile.online")} value=${number(online)} />
    </dl>
  </section>`;
}

/** @param {{ name: string, label: string, value: string, note?: string | false, urgency?: string }} props */
export function Tile({ name, label, value, note, urgency }) {
  return html`<div class="tile" data-tile=${name} data-urgency=${urgency || undefined}>
    <dt>${label}</dt>
    <dd>${value}</dd>
    ${note && html`<dd class="tile-note">${note}</dd>`}
  </div>`;
}
