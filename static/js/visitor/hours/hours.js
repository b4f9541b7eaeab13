/** What a shop's hours have to say, where it has set some: whether it is open, until when, and in the reader's own time. */

import { t } from "../../i18n.js";
import { now } from "../../server_time.js";
import { follow } from "../../today.js";
import { upcoming } from "../../upcoming.js";
import { presence } from "../presence.js";

/** @import { Presence } from "../../types.d.ts" */

const LOOK_MS = 1_000;

/**
 * The line while nobody has the conversation, or whoever has it is not here.
 * @param {Presence} desk
 */
export function words({ open, until, next, accepting }) {
  if (open) return until ? t("presence.openUntil", { when: upcoming(until) }) : t("presence.nobody");
  if (accepting) return t("presence.overtime");
  return next ? t("presence.closedUntil", { when: upcoming(next) }) : t("presence.closed");
}

/**
 * At its moment the shop has closed or opened, be there a socket that tells or not. Until when now, the server says, or is
 * asked in time as pages without a socket ask (page.js): all of them turn in the same second, and not all ask in it.
 */
function turn() {
  const desk = presence.peek();
  if (!desk?.until || Date.parse(desk.until) > now()) return;
  presence.value = { ...desk, open: !desk.open, until: null, next: null };
}

follow(turn, LOOK_MS);
