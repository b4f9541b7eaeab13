/** What an event of a conversation says to agents, the private ones included. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { moment } from "../../time.js";
import { said } from "../../components/thread.js";

/** @import { Happening } from "../../types.d.ts" */

/** @param {Happening} entry */
export function eventWords(entry) {
  const name = entry.user?.nickname ?? "";
  if (entry.kind === "tagged")
    return t(entry.added ? "event.tagged" : "event.untagged", { name, tag: entry.added ?? entry.removed ?? "" });
  if (entry.kind === "snoozed") return t("event.snoozed", { name, time: moment(entry.until ?? 0) });
  if (entry.kind === "transferred" && entry.note) {
    return html`${said(entry)}<span class="thread-aside"><bdi dir="auto">${entry.note}</bdi></span>`;
  }
  return said(entry);
}

/**
 * What happened together with another event and says nothing more.
 * @param {Happening} event
 */
export const worthALine = ({ kind, reason }) => kind !== "released" || reason !== "set_aside";
