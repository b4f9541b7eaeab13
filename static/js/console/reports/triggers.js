/** What the shop said by itself: how often it was seen, and how often somebody wrote in answer. */

import { html, useEffect } from "../../lib.js";
import { t } from "../../i18n.js";
import { said } from "../settings/by_language.js";
import { WIDGET, widget } from "../site/document.js";
import { number, partOf } from "./names.js";
import { Panel } from "./panel.js";
import { Rows } from "./rows.js";

/** @import { Report } from "../../types.d.ts" */

/** @param {{ triggers: Report["triggers"] }} props */
export function Triggers({ triggers }) {
  useEffect(() => void WIDGET.load().catch(() => {}), []); // else they are told by what is known of them
  const shown = triggers.reduce((all, one) => all + one.shown, 0);
  const answered = triggers.reduce((all, one) => all + one.answered, 0);
  const gist = t("reports.triggers.gist", { shown: number(shown), answered: number(answered) });
  const most = [...triggers].sort((one, other) => other.shown - one.shown);
  const rows = most.map((one) => ({
    key: one.id,
    name: nameOf(one.id),
    value: one.shown,
    note: t("reports.triggers.answered", { count: number(one.answered) }),
  }));
  const table = {
    head: [t("reports.trigger"), t("reports.shown"), t("reports.answered"), t("reports.part")],
    rows: most.map((one) => [
      nameOf(one.id),
      number(one.shown),
      number(one.answered),
      partOf(Math.min(one.answered, one.shown), one.shown),
    ]),
  };
  return html`<${Panel} name="triggers" title=${t("reports.triggers")} gist=${gist} table=${table}><${Rows} rows=${rows} /><//>`;
}

/** What it says, if it is still there. @param {string} id */
const nameOf = (id) =>
  said(widget.value?.triggers.find((one) => one.id === id)?.text ?? {}) || t("reports.triggers.gone");
