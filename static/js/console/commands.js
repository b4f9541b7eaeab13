/** Everything an agent can do, by name: what keys, the palette and the sheet of keys share. */

import { t } from "../i18n.js";
import { isBrowsing } from "./browsing.js";
import { SCREENS, screensFor } from "./screens.js";

/** @import { Command, Mode, Visitor } from "../types.d.ts" */
/** @import { Workspace } from "./workspace.js" */

/**
 * `{name: {words, run, may?}}` for the moment: `may` false is not on offer now, and pressing its key says why.
 * @param {Workspace} workspace
 * @returns {Record<string, Command>}
 */
export function commands(workspace) {
  const uid = workspace.screen.peek() ? null : workspace.selected.peek();
  const item = uid ? workspace.liveList.row(uid)?.peek() : null;
  const mine = Boolean(item && workspace.isMine(item));
  const lives = Boolean(item && !item.linked_to); // and does not go on in another conversation
  const ends = Boolean(item && lives && workspace.mayEnd(item) && item.status !== "blocked");
  /** @param {(item: Visitor) => unknown} run */
  const first = (run) => () => item && run(item);
  /** @param {(item: Visitor) => unknown} run */
  const ours = (run) => first((one) => (mine ? run(one) : workspace.notices.say(t("why.notYours"), "trouble")));
  /** @param {Mode} name */
  const mode = (name) =>
    first((one) => ((workspace.conversations.mode(one.uid).value = name), workspace.focus("composer")));
  const onlooker = isBrowsing(uid); // to whom a reply is a greeting
  const accepting = workspace.accepting.peek();
  return {
    next: { words: "key.next", run: () => workspace.step(1) },
    previous: { words: "key.previous", run: () => workspace.step(-1) },
    claim: { words: "key.claim", run: () => workspace.claimNext() },
    reply: {
      words: onlooker ? "key.greet" : "key.reply",
      may: onlooker || Boolean(item),
      run: onlooker ? () => workspace.focus("composer") : mode("reply"),
    },
    note: { words: "key.note", may: Boolean(item), run: mode("note") },
    resolve: { words: "key.resolve", may: mine, run: ours((one) => workspace.actions.resolve(one)) },
    snooze: { words: "key.snooze", may: ends, run: first(() => workspace.show("snooze")) },
    transfer: { words: "key.transfer", may: mine, run: ours(() => workspace.show("transfer")) },
    release: { words: "key.release", may: mine, run: ours((one) => workspace.actions.release(one)) },
    block: { words: "key.block", may: ends, run: first(() => workspace.show("block")) },
    return: { words: "key.return", may: lives, run: first(() => workspace.show("return")) },
    save: { words: "key.save", may: Boolean(item), run: first((one) => workspace.actions.save(one.uid, "html")) },
    status: {
      words: accepting ? "key.status.away" : "key.status.back",
      run: () => workspace.actions.setAccepting(!accepting),
    },
    visitors: { words: "key.visitors", may: Boolean(workspace.screen.peek()), run: () => workspace.go(null) },
    ...Object.fromEntries(
      screensFor(workspace.me).map((name) => [name, { words: SCREENS[name].goes, run: () => workspace.go(name) }]),
    ),
    alerts: { words: "key.alerts", run: () => workspace.show("alerts") },
    sheet: { words: "key.sheet", run: () => workspace.show("keys") },
    palette: { words: "key.palette", run: () => workspace.show("palette") },
    logout: { words: "key.logout", run: workspace.logout },
  };
}
