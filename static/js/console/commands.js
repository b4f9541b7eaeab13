/** Everything an agent can do, by name: what keys, the palette and the sheet of keys share. */

import { t } from "../i18n.js";
import { screensFor } from "./screens.js";

/** @import { Command, Mode, Visitor } from "../types.d.ts" */
/** @import { Workspace } from "./workspace.js" */

/**
 * `{name: {run, may?}}` for the moment: `may` false is not on offer now, and pressing its key says why. The words are
 * `key.<name>`.
 * @param {Workspace} workspace
 * @returns {Record<string, Command>}
 */
export function commands(workspace) {
  const uid = workspace.screen.peek() ? null : workspace.selected.peek();
  const item = uid ? workspace.liveList.row(uid)?.peek() : null;
  const mine = Boolean(item && workspace.isMine(item));
  const ends = Boolean(item && workspace.mayEnd(item) && item.status !== "blocked");
  /** @param {(item: Visitor) => unknown} run */
  const first = (run) => () => item && run(item);
  /** @param {(item: Visitor) => unknown} run */
  const ours = (run) => first((one) => (mine ? run(one) : workspace.notices.say(t("why.notYours"), "trouble")));
  /** @param {Mode} name */
  const mode = (name) =>
    first((one) => ((workspace.conversations.mode(one.uid).value = name), workspace.focus("composer")));
  return {
    next: { run: () => workspace.step(1) },
    previous: { run: () => workspace.step(-1) },
    claim: { run: () => workspace.claimNext() },
    reply: { may: Boolean(item), run: mode("reply") },
    note: { may: Boolean(item), run: mode("note") },
    resolve: { may: mine, run: ours((one) => workspace.actions.resolve(one)) },
    snooze: { may: ends, run: first(() => workspace.show("snooze")) },
    transfer: { may: mine, run: ours(() => workspace.show("transfer")) },
    release: { may: mine, run: ours((one) => workspace.actions.release(one)) },
    block: { may: ends, run: first(() => workspace.show("block")) },
    return: { may: Boolean(item), run: first(() => workspace.show("return")) },
    save: { may: Boolean(item), run: first((one) => workspace.actions.save(one.uid, "html")) },
    status: { run: () => workspace.actions.setAccepting(!workspace.accepting.peek()) },
    visitors: { may: Boolean(workspace.screen.peek()), run: () => workspace.go(null) },
    ...Object.fromEntries(screensFor(workspace.me).map((name) => [name, { run: () => workspace.go(name) }])),
    alerts: { run: () => workspace.show("alerts") },
    sheet: { run: () => workspace.show("keys") },
    palette: { run: () => workspace.show("palette") },
    logout: { run: workspace.logout },
  };
}
