/** What a shop's hours have to say, where it has set some: whether it is open, until when, and in the reader's own time. */

import { t } from "../../i18n.js";
import { now } from "../../server_time.js";
import { follow } from "../../today.js";
import { upcoming } from "../../upcoming.js";
import { askPresence, presence } from "../presence.js";

/** @import { Presence } from "../../types.d.ts" */

const LOOK_MS = 1_000;
const SPREAD_MS = 10_000; // all pages turn in the same second, and not all ask in it

/**
 * The line while nobody has the conversation, or whoever has it is not here.
 * @param {Presence} desk
 */
export function words({ open, until, next, accepting }) {
  if (open) return until ? t("presence.openUntil", { when: upcoming(until) }) : t("presence.nobody");
  if (accepting) return t("presence.overtime");
  return next ? t("presence.closedUntil", { when: upcoming(next) }) : t("presence.closed");
}

/** At its moment the shop has closed or opened, be there a socket that tells or not; until when now, the server says. */
function turn() {
  const desk = presence.peek();
  if (!desk?.until || Date.parse(desk.until) > now()) return;
  presence.value = { ...desk, open: !desk.open, until: null, next: null };
  setTimeout(() => presence.peek()?.until ?? askPresence(), Math.random() * SPREAD_MS);
}

follow(turn, LOOK_MS);
