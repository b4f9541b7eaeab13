/** The charts of a report. Each says first in words what it shows. */

import { html } from "../../lib.js";
import { plural, t } from "../../i18n.js";
import { Columns } from "./columns.js";
import { average, byDay, byHour, median } from "./figures.js";
import { LENGTH_WORDS, duration, number, percent, slotName } from "./names.js";
import { Panel } from "./panel.js";
import { address } from "./range.js";
import { Ratings, goodPart } from "./ratings.js";
import { Rows } from "./rows.js";
import { Triggers } from "./triggers.js";

/** @import { Key, Lengths, Report, Series, Slot } from "../../types.d.ts" */

/** @type {Series[]} */
const BEGUN_SERIES = [{ key: "conversations", name: "reports.conversations" }];
/** @type {Series[]} */
const MESSAGE_SERIES = [
  { key: "from_visitors", name: "reports.visitors" },
  { key: "from_team", name: "reports.team" },
];

/** @type {Record<"conversations" | "messages" | "hours", { title: Key, gist: Key }>} */
const COUNT_WORDS = {
  conversations: { title: "reports.conversations", gist: "reports.conversations.gist" },
  messages: { title: "reports.messages", gist: "reports.messages.gist" },
  hours: { title: "reports.hours", gist: "reports.hours.gist" },
};

/** @param {{ report: Report }} props */
export function Charts({ report }) {
  const oneDay = report.from === report.to;
  const hours = byHour(report);
  const slots = oneDay ? hours : byDay(report);
  const csv = address(report, oneDay ? "hours" : "days");
  const shared = { slots, csv };
  return html`<div class="charts">
    <${Counts} name="conversations" series=${BEGUN_SERIES} ...${shared} />
    <${Counts} name="messages" series=${MESSAGE_SERIES} ...${shared} />
    <${Lengths} name="first" of=${report.total.first} ...${shared} />
    <${Lengths} name="resolved" of=${report.total.resolved} ...${shared} />
    <${Ratings} total=${report.total} ...${shared} />
    ${!oneDay && html`<${Counts} name="hours" series=${BEGUN_SERIES} slots=${hours} csv=${address(report, "hours")} />`}
    <${Agents} agents=${report.agents} csv=${address(report, "agents")} />
    ${report.triggers?.length > 0 && html`<${Triggers} triggers=${report.triggers} />`}
  </div>`;
}

/** @param {{ name: keyof typeof COUNT_WORDS, series: Series[], slots: Slot[], csv: string }} props */
function Counts({ name, series, slots, csv }) {
  /** @param {Slot} slot */
  const sum = (slot) => series.reduce((all, { key }) => all + slot[key], 0);
  const busiest = slots.reduce((most, slot) => (sum(slot) > sum(most) ? slot : most));
  const words = COUNT_WORDS[name];
  const total = slots.reduce((all, slot) => all + sum(slot), 0);
  const gist = total
    ? t(words.gist, { total: number(total), slot: slotName(busiest, true), most: number(sum(busiest)) })
    : t("reports.none");
  const table = {
    head: [t(typeof slots[0].key === "number" ? "reports.hour" : "reports.day"), ...series.map((one) => t(one.name))],
    rows: slots.map((slot) => [slotName(slot, true), ...series.map(({ key }) => number(slot[key]))]),
  };
  return html`<${Panel} name=${name} title=${t(words.title)} gist=${gist} table=${table} csv=${csv}><${Columns} slots=${slots} series=${series} gist=${gist} /><//>`;
}

/**
 * How long something took, by class; the table tells it by day.
 * @param {{ name: "first" | "resolved", of: Lengths, slots: Slot[], csv: string }} props
 */
function Lengths({ name, of, slots, csv }) {
  const words = LENGTH_WORDS[name];
  const middle = median(of);
  const gist = of.count
    ? t(words.gist, { usual: t(words.classes[middle]), average: duration(average(of)) })
    : t("reports.none");
  /** @param {number} count */
  const part = (count) => percent(of.count ? (100 * count) / of.count : 0);
  const rows = of.classes.map((value, at) => ({
    key: at,
    name: t(words.classes[at]),
    value,
    note: part(value),
    strong: at === middle,
  }));
  const table = {
    head: [
      t(typeof slots[0].key === "number" ? "reports.hour" : "reports.day"),
      t("reports.count"),
      t("reports.mean"),
      ...of.classes.map((_, at) => t(words.classes[at])),
    ],
    rows: slots.map((slot) => [
      slotName(slot, true),
      number(slot[name].count),
      duration(average(slot[name])),
      ...slot[name].classes.map(number),
    ]),
  };
  return html`<${Panel} name=${name} title=${t(words.title)} gist=${gist} table=${table} csv=${csv}><${Rows} rows=${rows} /><//>`;
}

/** @param {{ agents: Report["agents"], csv: string }} props */
function Agents({ agents, csv }) {
  const sum = agents.reduce((all, agent) => all + agent.from_team, 0);
  const gist = sum ? plural("reports.agents.gist", agents.length) : t("reports.none");
  const rows = agents.map((agent) => ({
    key: agent.uid,
    name: agent.nickname,
    value: agent.from_team,
    note: agent.good + agent.bad > 0 ? t("reports.ratings.short", { part: goodPart(agent) }) : "",
  }));
  const table = {
    head: [
      t("reports.agent"),
      t("reports.messages"),
      t("reports.first.short"),
      t("reports.mean"),
      t("reports.resolved.short"),
      t("reports.mean.resolved"),
      t("reports.ratings"),
      t("reports.ratings.part"),
    ],
    rows: agents.map((agent) => [
      agent.nickname,
      number(agent.from_team),
      number(agent.first.count),
      duration(average(agent.first)),
      number(agent.resolved.count),
      duration(average(agent.resolved)),
      number(agent.good + agent.bad),
      goodPart(agent),
    ]),
  };
  return html`<${Panel} name="agents" title=${t("reports.agents")} gist=${gist} table=${table} csv=${csv}><${Rows} rows=${rows} /><//>`;
}
