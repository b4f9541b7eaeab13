/** How visitors found it, by day: how many of a hundred were content, and who was not. */

import { html } from "../../lib.js";
import { plural, t } from "../../i18n.js";
import { Columns } from "./columns.js";
import { number, partOf, slotName } from "./names.js";
import { Panel } from "./panel.js";

/** @import { Figures, Series, Slot } from "../../types.d.ts" */

/** @type {Series[]} */
const SERIES = [
  { key: "good", name: "reports.good" },
  { key: "bad", name: "reports.bad" },
];

/**
 * The part that is good; a dash where there are no ratings.
 * @param {Pick<Figures, "good" | "bad">} ratings
 */
export const goodPart = ({ good, bad }) => partOf(good, good + bad);

/** @param {Pick<Figures, "good" | "bad">} ratings */
export const ratings = ({ good, bad }) => plural("reports.ratings.count", good + bad);

/** @param {{ total: Figures, slots: Slot[], csv: string }} props */
export function Ratings({ total, slots, csv }) {
  const gist =
    total.good + total.bad
      ? t("reports.ratings.gist", { part: goodPart(total), ratings: ratings(total) })
      : t("reports.none");
  const table = {
    head: [
      t(typeof slots[0].key === "number" ? "reports.hour" : "reports.day"),
      ...SERIES.map(({ name }) => t(name)),
      t("reports.ratings.part"),
    ],
    rows: slots.map((slot) => [slotName(slot, true), ...SERIES.map(({ key }) => number(slot[key])), goodPart(slot)]),
  };
  return html`<${Panel} name="ratings" title=${t("reports.ratings")} gist=${gist} table=${table} csv=${csv}><${Columns} slots=${slots} series=${SERIES} gist=${gist} /><//>`;
}
