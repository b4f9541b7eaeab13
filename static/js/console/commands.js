/** Everything an agent can do, by name: what keys, the palette and the sheet of keys share. */

import { t } from "../i18n.js";
import { screensFor } from "./screens.js";

/** @import { Command, Mode, Visitor } from "../types.d.ts" */
/** @import { Desk } from "./desk.js" */

/**
 * `{name: {run, may?}}` for the moment: `may` false is not on offer now, and pressing its key says why. The words are
 * `key.<name>`.
 * @param {Desk} desk
 * @returns {Record<string, Command>}
 */
export function commands(desk) {
  const uid = desk.screen.peek() ? null : desk.selected.peek();
  const item = uid ? desk.roster.row(uid)?.peek() : null;
  const mine = Boolean(item && desk.isMine(item));
  const ends = Boolean(item && desk.mayEnd(item) && item.status !== "blocked");
  /** @param {(item: Visitor) => unknown} run */
  const first = (run) => () => item && run(item);
  /** @param {(item: Visitor) => unknown} run */
  const ours = (run) => first((one) => (mine ? run(one) : desk.notices.say(t("why.notYours"), "trouble")));
  /** @param {Mode} name */
  const mode = (name) => first((one) => ((desk.cases.mode(one.uid).value = name), desk.focus("composer")));
  return {
    next: { run: () => desk.step(1) },
    previous: { run: () => desk.step(-1) },
    claim: { run: () => desk.claimNext() },
    reply: { may: Boolean(item), run: mode("reply") },
    note: { may: Boolean(item), run: mode("note") },
    resolve: { may: mine, run: ours((one) => desk.actions.resolve(one)) },
    snooze: { may: ends, run: first(() => desk.show("snooze")) },
    transfer: { may: mine, run: ours(() => desk.show("transfer")) },
    release: { may: mine, run: ours((one) => desk.actions.release(one)) },
    block: { may: ends, run: first(() => desk.show("block")) },
    return: { may: Boolean(item), run: first(() => desk.show("return")) },
    save: { may: Boolean(item), run: first((one) => desk.actions.save(one.uid, "html")) },
    status: { run: () => desk.actions.setAccepting(!desk.accepting.peek()) },
    visitors: { may: Boolean(desk.screen.peek()), run: () => desk.go(null) },
    ...Object.fromEntries(screensFor(desk.me).map((name) => [name, { run: () => desk.go(name) }])),
    alerts: { run: () => desk.show("alerts") },
    sheet: { run: () => desk.show("keys") },
    palette: { run: () => desk.show("palette") },
    logout: { run: desk.logout },
  };
}
