/** The shop's backups: how the last one went, and one more at a press. Where they go is said in the configuration alone. */

import { html, useEffect, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { get, post } from "../../api.js";
import { moment } from "../../time.js";
import { CopyLine } from "../../components/copy_line.js";
import { sizeOf } from "../../files/size.js";
import { Icon } from "../components/icons.js";
import { Section } from "./controls.js";

/** @import { Backups as Known } from "../../types.d.ts" */

const LOOK_INTERVAL_MS = 2_000; // while one is being made
const LINES = 'backup:\n  at: "03:30"\n  to: /mnt/backups';

/** For administrators. */
export function Backups() {
  const [known, learn] = useState(/** @type {Known | null} */ (null));
  const [trouble, fail] = useState("");
  /** @param {Promise<Known>} asked */
  const take = (asked) =>
    asked.then(
      (found) => {
        learn(found);
        fail("");
      },
      (error) => fail(reason(error)),
    );
  useEffect(() => void take(get("/v1/backups?as=agent")), []);
  useEffect(() => {
    if (!known?.busy) return undefined;
    const timer = setTimeout(() => take(get("/v1/backups?as=agent")), LOOK_INTERVAL_MS);
    return () => clearTimeout(timer);
  }, [known]);
  return html`<${Section} name="backups" title=${t("backups.title")} lead=${t("backups.lead")}>
    ${known && html`<${Standing} known=${known} />`}
    ${
      known?.to &&
      html`<div class="settings-foot">
      <button type="button" class="button" aria-disabled=${known.busy} onClick=${() => known.busy || take(post("/v1/backups?as=agent", {}))}>${t("backups.now")}</button>
      <span class="settings-state" role="status">${known.busy ? t("backups.busy") : ""}</span>
    </div>`
    }
    <p class="trouble" role="alert">${trouble}</p>
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
