/** A line each: who is to be told what, since when, and what came of it. */

import { html } from "../../lib.js";
import { plural, t } from "../../i18n.js";
import { clock, dayKey, moment } from "../../time.js";
import { today } from "../../today.js";
import { called } from "../called.js";
import { Called } from "../components/called.js";

/** @import { Content, Key, Lane, Undelivered, Visitor, Whom } from "../../types.d.ts" */

/** @typedef {{ retry: (lane: string) => unknown, giveUp: (lane: Lane, name: string) => unknown, open: (uid: string) => unknown }} Doing */

/** To whom something goes, by its endpoint. @type {Record<string, Key>} */
export const CHANNELS = {
  mail: "delivery.channel.mail",
  alert: "delivery.channel.alert",
  account: "delivery.channel.account",
};

/** Of today as a clock has it. @param {string} at */
export const when = (at) => (dayKey(at) === today.value ? clock : moment)(at);

/** What waits, in its order: one after another, so the first holds up the rest. @param {{ lane: Lane, doing: Doing }} props */
export function Waiting({ lane, doing }) {
  const { lane: name, whom, jobs, since, next, tries, reason } = lane;
  const facts = [
    plural("delivery.jobs", jobs),
    t("delivery.since", { time: when(since) }),
    tries > 0 && plural("delivery.tries", tries),
    next && t(tries ? "delivery.next" : "delivery.due", { time: when(next) }),
  ];
  return html`<${Row} lane=${lane} facts=${facts} reason=${reason} doing=${doing}>
    ${does("delivery.retry", whom, () => doing.retry(name))}${does("delivery.give_up", whom, () => doing.giveUp(lane, called(whom)))}
  <//>`;
}

/** What will not be tried again by itself. @param {{ dead: Undelivered, doing: Doing }} props */
export function Failed({ dead, doing }) {
  const { lane: name, whom, jobs, since, at, reason } = dead;
  const facts = [
    plural("delivery.jobs", jobs),
    t("delivery.since", { time: when(since) }),
    t("delivery.at", { time: when(at) }),
  ];
  return html`<${Row} lane=${dead} facts=${facts} reason=${reason} doing=${doing}>${does("delivery.retry", whom, () => doing.retry(name))}<//>`;
}

/** @param {{ lane: Lane | Undelivered, facts: (string | false | null)[], reason: string, doing: Doing, children: Content }} props */
function Row({ lane: { lane: name, endpoint, whom }, facts, reason, doing, children }) {
  const item = /** @type {Visitor} */ ({ ...whom, called: called(whom) });
  const toVisitor = endpoint === "mail";
  return html`<li class="settings-row" data-lane=${name}>
    <div class="delivery-what">
      <b>${toVisitor ? html`<button type="button" class="delivery-who" onClick=${() => doing.open(whom.uid)}><${Called} item=${item} /></button>` : html`<bdi>${whom.name || t("team.former")}</bdi>`}</b>
      <span class="quiet">${[t(CHANNELS[endpoint] ?? "delivery.channel.other"), ...facts].filter(Boolean).join(" · ")}</span>
      ${reason && html`<span class="delivery-said"><bdi dir="ltr">${reason}</bdi></span>`}
    </div>
    <span class="settings-does">${children}</span>
  </li>`;
}

/**
 * @param {Key} key
 * @param {Whom} whom
 * @param {() => unknown} run
 */
function does(key, whom, run) {
  const words = t(key);
  return html`<button type="button" class="button" aria-label=${t("settings.of", { does: words, name: called(whom) })} onClick=${run}>${words}</button>`;
}
