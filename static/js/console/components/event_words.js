/** What an event of a conversation says to agents, the private ones included. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { moment } from "../../time.js";
import { Linked, Words } from "../../components/words.js";

/** @import { Content, Happening, Key, Person, Stated } from "../../types.d.ts" */

/** @type {Record<string, Key>} */
const WORDS = {
  entered: "event.entered",
  left: "event.left",
  claimed: "event.claimed",
  released: "event.released",
  away: "event.away",
  taken_over: "event.taken_over",
  transferred: "event.transferred",
  resolved: "event.resolved",
  woke: "event.woke",
  blocked: "event.blocked",
  unblocked: "event.unblocked",
  identified: "event.identified",
  linked: "event.linked",
  "mail.sent": "event.mail.sent",
  "mail.delayed": "event.mail.delayed",
  "mail.failed": "event.mail.failed",
};

/**
 * @param {Happening} entry
 * @param {(user: Person) => string} called
 * @param {(uid: string) => unknown} visit
 */
export function eventWords(entry, called, visit) {
  const name = entry.user ? called(entry.user) : "";
  if (entry.kind === "tagged")
    return t(entry.added ? "event.tagged" : "event.untagged", { name, tag: entry.added ?? entry.removed ?? "" });
  if (entry.kind === "snoozed") return t("event.snoozed", { name, time: moment(entry.until ?? 0) });
  if (entry.kind === "linked" && entry.to) {
    const to = String(entry.to);
    return html`${t("event.linked_to")}<br /><button type="button" class="button" onClick=${() => visit(to)}>${t("linked.open")}</button>`;
  }
  if (entry.kind === "form") return formWords(name, entry.fields ?? {}, entry.by?.nickname ?? "");
  if (entry.kind === "invited")
    return entry.by ? t("event.invited", { name: entry.by.nickname }) : t("event.invited.itself");
  if (entry.kind === "rated") return withAside(t(ratingWords(entry), { name }), entry.comment, true);
  if (entry.kind === "mail.failed") return withAside(said(entry, name), entry.told, true);
  if (entry.kind === "transferred") return withAside(said(entry, name), entry.note);
  return said(entry, name);
}

/**
 * Nothing where it is of a kind that is not known here.
 * @param {Happening} event
 * @param {string} name
 */
function said({ kind, reason, to }, name) {
  const key = WORDS[kind === "released" && reason && reason !== "released" ? reason : kind];
  return key && t(key, { name, to: to?.nickname ?? "" });
}

/**
 * What somebody wrote beside it: a colleague, or the visitor (`theirs`).
 * @param {Content} words
 * @param {string} [text]
 * @param {boolean} [theirs]
 */
const withAside = (words, text, theirs) =>
  text
    ? html`${words}<span class="thread-aside" data-theirs=${theirs && ""}><${Words} as="bdi" text=${text} /></span>`
    : words;

/**
 * @param {Happening} rating
 * @returns {Key}
 */
function ratingWords({ good, adds }) {
  if (adds) return "event.rated.adds";
  return good ? "event.rated.good" : "event.rated.bad";
}

/**
 * What a visitor entered: name what is known by it already. Or where their answers go by mail, if it says no more.
 * @param {string} who
 * @param {Stated} stated
 * @param {string} by Which agent noted it, "" for none.
 */
function formWords(who, { name, email, choice, consent, mail }, by) {
  if (mail && !name && !choice && !consent) {
    if (!email) return t(by ? "event.address.removed.by" : "event.address.removed", { name: who, by });
    const key = mail.stopped ? "event.address.stopped" : by ? "event.address.by" : "event.address";
    return html`${t(key, { name: who, by })} <bdi><${Linked} text=${email} /></bdi>`;
  }
  const values = [name !== who && name, email, choice, consent && t("entered.agreed")].filter(Boolean);
  if (!values.length) return t("event.form.name", { name: who });
  return html`${t("event.form", { name: who })} <bdi><${Linked} text=${values.join(" · ")} /></bdi>`;
}

/**
 * Not what happened together with another event and says nothing more, and not what stands under the messages it is about.
 * @param {Happening} event
 */
export const worthALine = ({ kind, reason, again }) =>
  !again && kind !== "mail.sent" && kind !== "mail.delayed" && (kind !== "released" || reason !== "set_aside");
