/** In place of the composer while the conversation is not ours: take it, or read who has it. */

import { html, useEffect, useElement, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { moment } from "../../time.js";
import { brief, seconds, since } from "../clock.js";
import { owedSince } from "../groups.js";

/** @import { Ref, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, item: Visitor }} props */
export function ClaimBar({ workspace, item }) {
  const [busy, setBusy] = useState(false);
  const [asking, ask] = useState(false);
  /** @type {Ref<HTMLButtonElement>} */
  const first = useElement();
  useEffect(() => workspace.focuses("composer", () => first.current?.focus()), [workspace]);
  /** @param {{ takeOver?: boolean }} [options] */
  const take = async (options) => {
    if (busy) return;
    setBusy(true);
    await workspace.actions.claim(item, options);
    setBusy(false);
    ask(false);
  };
  const why = workspace.lost.value ? t("why.lost") : undefined;
  /**
   * @param {string} text
   * @param {() => unknown} run
   * @param {boolean} [main]
   */
  const button = (text, run, main) => html`<button
    type="button"
    ref=${main ? first : undefined}
    class=${`button ${main ? "button-main" : ""}`}
    title=${why}
    aria-disabled=${busy || Boolean(why)}
    onClick=${run}
  >${text}</button>`;

  const next = workspace.done.value === item.uid && workspace.next();
  const boss = workspace.isBoss();
  if (item.status === "blocked") {
    const unblock = () => workspace.actions.block(item, false);
    return html`<div class="claim-bar" data-status="blocked"><p aria-live="polite">${why ?? t("claim.blocked", { name: item.called })}</p>${button(t("case.unblock"), unblock, true)}</div>`;
  }
  const { linked_to: known } = item;
  if (known) {
    const open = () => workspace.lookup.follow(item.uid, known);
    return html`<div class="claim-bar" data-status="linked"><p aria-live="polite">${t("claim.linked", { name: item.called })}</p>${button(t("linked.open"), open, true)}</div>`;
  }
  return html`<div class="claim-bar" data-status=${item.status}>
    <p aria-live="polite">${why ?? (asking ? t("claim.takeOver.sure", { holder: item.holder?.nickname ?? "" }) : sentence(item))}</p>
    ${!item.holder && button(t(busy ? "claim.busy" : item.status === "resolved" ? "claim.reopen" : "claim.take"), () => take(), !next)}
    ${item.holder && boss && !asking && button(t("claim.takeOver", { holder: item.holder.nickname }), () => ask(true))}
    ${
      item.holder &&
      boss &&
      asking &&
      html`<span class="claim-sure">${button(t("claim.cancel"), () => ask(false))}${button(t("claim.takeOver.yes"), () => take({ takeOver: true }), true)}</span>`
    }
    ${next && !asking && html`<${Next} workspace=${workspace} item=${next} />`}
  </div>`;
}

/** Who is next, once we have done with what is up. Opens them; to take them is another press. @param {{ workspace: Workspace, item: Visitor }} props */
function Next({ workspace, item }) {
  /** @type {Ref<HTMLButtonElement>} */
  const button = useElement();
  const owed = owedSince(item);
  useEffect(() => workspace.focuses("next", () => button.current?.focus()), [workspace]);
  return html`<button type="button" ref=${button} class="button button-main claim-next" onClick=${() => workspace.open(item.uid, { focus: true })}>
    <bdi>${t("claim.next", { name: item.called })}</bdi>${owed && html`<span>${brief(since(owed, seconds.value))}</span>`}
  </button>`;
}

/** @param {Visitor} item */
function sentence(item) {
  const { called: name, holder } = item;
  if (holder) return t("claim.held", { holder: holder.nickname, name });
  if (item.status === "resolved") return t("claim.resolved");
  if (item.status === "snoozed")
    return t("claim.snoozed", { time: item.snoozed_until ? moment(item.snoozed_until) : "" });
  if (item.status === "waiting" && item.waiting_since) {
    return t("claim.waiting", { name, time: brief(since(item.waiting_since, seconds.value)) });
  }
  return t("claim.open", { name });
}
