/** How what we said reached who had left, by the events that stand behind it in the log. */

/** @import { Entry, Happening, Mailed } from "../types.d.ts" */

/** @type {Record<string, Mailed["how"]>} */
const KINDS = { "mail.sent": "sent", "mail.delayed": "delayed", "mail.failed": "failed" };

/**
 * By the seq of a message of ours what was told of it last; null where it was never meant to go by mail. What was read here
 * is not sent any more, whatever kept it before.
 * @param {Entry[]} entries
 */
export function deliveries(entries) {
  const told = /** @type {Happening[]} */ (entries.filter(({ kind = "" }) => Object.hasOwn(KINDS, kind))).reverse();
  /**
   * @param {number} seq
   * @param {boolean} read
   * @returns {Mailed | null}
   */
  return (seq, read) => {
    const last = told.find(({ first = 0, through = 0 }) => first <= seq && seq <= through);
    if (!last) return null;
    const how = KINDS[last.kind];
    const at = how === "delayed" ? (last.since ?? last.msg_time) : last.msg_time;
    return { how: read && how !== "sent" ? "read" : how, at, reason: last.reason ?? "" };
  };
}
