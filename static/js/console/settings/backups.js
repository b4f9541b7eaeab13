/** The shop's backups: how the last one went, and one more at a press. Where they go is said in the configuration alone. */

import { html, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { post } from "../../api.js";
import { moment } from "../../time.js";
import { CopyLine } from "../../components/copy_line.js";
import { sizeOf } from "../../files/size.js";
import { useAskedAgain } from "../asked_again.js";
import { Icon } from "../components/icons.js";
import { Section } from "./controls.js";

/** @import { Backups as Known } from "../../types.d.ts" */
/** @import { Again } from "../asked_again.js" */

const ADDRESS = "/v1/backups?as=agent";
const LOOK_INTERVAL_MS = 2_000; // whoever presses sees it begin and end
const LINES = 'backup:\n  at: "03:30"\n  to: /mnt/backups';

/** For administrators. */
export function Backups() {
  /** @type {Again<Known>} */
  const [known, error, load] = useAskedAgain(ADDRESS, LOOK_INTERVAL_MS);
  const [refused, refuse] = useState("");
  const make = async () => {
    refuse("");
    await post(ADDRESS, {}).catch((caught) => refuse(reason(caught)));
    await load();
  };
  return html`<${Section} name="backups" title=${t("backups.title")} lead=${t("backups.lead")}>
    ${known && html`<${Standing} known=${known} />`}
    ${
      known?.to &&
      html`<div class="settings-foot">
      <button type="button" class="button" aria-disabled=${known.busy} onClick=${() => known.busy || make()}>${t("backups.now")}</button>
      <span class="settings-state" role="status">${known.busy ? t("backups.busy") : ""}</span>
    </div>`
    }
    <p class="trouble" role="alert">${refused || (error ? reason(error) : "")}</p>
  <//>`;
}

/** @param {{ known: Known }} props */
function Standing({ known }) {
  const { to, at, keep, last, failure, overdue } = known;
  const well = last?.verified && !failure && !overdue;
  return html`<div class="backups-state" data-how=${well ? "well" : last || failure ? "ill" : "none"}>
    ${failure && html`<p><${Icon} name="info" />${t("backups.failed", { time: moment(failure.at) })}</p><p class="backups-facts"><bdi dir="ltr">${failure.reason}</bdi></p>`}
    ${last && html`<p><${Icon} name=${last.verified && !overdue ? "check" : "info"} />${t(last.verified ? "backups.last" : "backups.last.unverified", { time: moment(last.at) })}</p>`}
    ${last && html`<p class="backups-facts quiet"><bdi dir="ltr">${last.name}</bdi> · ${sizeOf(last.bytes)}${last.encrypted ? ` · ${t("backups.encrypted")}` : ""} · <bdi dir="ltr">${last.place}</bdi></p>`}
    ${overdue && html`<p>${t("backups.overdue")}</p>`}
    ${!last && !failure && html`<p>${t(to ? "backups.first" : "backups.none")}</p>`}
    ${to && html`<p class="quiet">${at ? t("backups.daily", { time: at, keep }) : t("backups.by_hand", { keep })}</p>`}
    ${
      !to &&
      html`<p class="quiet">${t("backups.how")}</p>
      <div class="identity-code" data-short><${CopyLine} text=${LINES} label=${t("backups.lines")} does=${t("backups.copy")} calm /></div>`
    }
  </div>`;
}
