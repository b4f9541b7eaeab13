/** Since when somebody has had no answer, and when they are asked where it may reach them. */

import { useSignal, useSignalEffect } from "../lib.js";
import { corrections, now } from "../server_time.js";
import { session } from "../storage.js";

/** @import { Entry } from "../types.d.ts" */
/** @import { Visit } from "../visitor/visit.js" */

const ASKED_AFTER_MS = 2 * 60_000;
const KEY = "chatadmin.asked."; // of whom, in this tab

/**
 * Unix ms of the first message of theirs that nobody has answered; 0 where none waits, or the conversation was closed.
 * @param {Entry[]} entries
 * @param {string} uid
 */
export function waitingSince(entries, uid) {
  let since = 0;
  for (const entry of [...entries].reverse()) {
    const isTheirs = entry.type === "message" && entry.user.uid === uid;
    if (isTheirs) since = Date.parse(entry.msg_time);
    else if (entry.type === "message" || entry.kind === "resolved") break;
  }
  return since;
}

/**
 * Whether it is time to ask them: once in a tab, when they have waited for so long, and while nobody types.
 * @param {Visit} visit
 */
export function useAsking({ contact, conversation, draft, me }) {
  const asks = useSignal(false);
  const turn = useSignal(0);
  useSignalEffect(() => {
    const since = waitingSince(conversation.history.entries.value, me.uid);
    const isTyped = conversation.typing.who.value !== null || draft.value !== "";
    const left = since + ASKED_AFTER_MS - now();
    if (!since || contact.value || me.mail_stopped || session.get(KEY + me.uid)) return undefined;
    if (left > 0) {
      corrections.value;
      turn.value;
      const timer = setTimeout(() => turn.value++, left);
      return () => clearTimeout(timer);
    }
    if (!isTyped) {
      session.set(KEY + me.uid, "1");
      asks.value = true;
    }
    return undefined;
  });
  return asks;
}
