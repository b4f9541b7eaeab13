/** Below a message of ours: how it reached who had left, or why it did not. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { clock, dayKey, moment } from "../../time.js";
import { Icon } from "./icons.js";

/** @import { Key, Mailed, Message } from "../../types.d.ts" */
/** @import { IconName } from "./icons.js" */

/** @type {Record<Mailed["how"], Key>} */
const WORDS = {
  sent: "delivered.sent",
  delayed: "delivered.delayed",
  failed: "delivered.refused",
  read: "delivered.read",
};

/** @type {Record<Mailed["how"], IconName>} */
const SIGNS = { sent: "mail", delayed: "clock", failed: "info", read: "check" };

/** Why nothing reaches them by mail. @type {Record<string, Key>} */
const REASONS = { bounced: "delivered.bounced", gave_up: "delivered.gave_up" };

/** @param {{ entry: Message, mailed: Mailed }} props */
export function Delivered({ entry, mailed: { how, at, reason } }) {
  const time = dayKey(at) === dayKey(entry.msg_time) ? clock(at) : moment(at);
  const words = (how === "failed" && REASONS[reason]) || WORDS[how];
  return html`<p class="delivered" data-how=${how}><${Icon} name=${SIGNS[how]} />${t(words, { time })}</p>`;
}
