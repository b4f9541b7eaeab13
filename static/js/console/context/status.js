/** How the conversation stands, and since when its visitor is known. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { moment } from "../../time.js";
import { brief, seconds, since } from "../clock.js";
import { owedSince } from "../groups.js";
import { Block } from "./block.js";
import { Facts, knownOf } from "./facts.js";

/** @import { Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, item: Visitor }} props */
export function Status({ workspace, item }) {
  const owed = owedSince(item);
  const { holder, status, online } = item;
  const until = status === "snoozed" && item.snoozed_until;
  const facts = knownOf([
    [t(holder ? "context.owed" : "context.waiting"), owed && brief(since(owed, seconds.value))],
    [t("context.snoozed"), until && moment(until)],
    [t("context.holder"), holder && (workspace.isMine(item) ? t("context.you") : holder.nickname)],
    [t("context.since"), online && item.enter_at && moment(item.enter_at)],
    [t("context.leftAt"), !online && item.left_at && moment(item.left_at)],
    [t("context.firstSeen"), item.first_seen && moment(item.first_seen)],
  ]);
  if (!facts.length) return null;
  return html`<${Block} workspace=${workspace} name="status" title=${t("context.status")}><${Facts} facts=${facts} /><//>`;
}
