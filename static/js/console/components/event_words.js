/** What an event of a conversation says to agents, the private ones included. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { moment } from "../../time.js";
import { EVENT_WORDS, said } from "../../components/thread.js";
import { Linked, Words } from "../../components/words.js";

/** @import { Happening, Key, Person, Stated } from "../../types.d.ts" */

/** @type {Record<string, Key>} */
const TEAM_WORDS = {
  ...EVENT_WORDS,
  woke: "event.woke",
  blocked: "event.blocked",
  unblocked: "event.unblocked",
  identified: "event.identified",
  linked: "event.linked",
  rated: "event.rated",
};

/**
 * @param {Happening} entry
 * @param {(user: Person) => string} called
 */
export function eventWords(entry, called) {
  const name = entry.user ? called(entry.user) : "";
  if (entry.kind === "tagged")
    return t(entry.added ? "event.tagged" : "event.untagged", { name, tag: entry.added ?? entry.removed ?? "" });
  if (entry.kind === "snoozed") return t("event.snoozed", { name, time: moment(entry.until ?? 0) });
  if (entry.kind === "linked") return t(entry.to ? "event.linked_to" : "event.linked", { name });
  if (entry.kind === "form") return formWords(name, entry.fields ?? {});
  if (entry.kind === "transferred" && entry.note) {
    return html`${said(entry, TEAM_WORDS, called)}<span class="thread-aside"><${Words} as="bdi" text=${entry.note} /></span>`;
  }
  return said(entry, TEAM_WORDS, called);
}

/**
 * What a visitor entered with their message: name what is known by it already.
 * @param {string} who
 * @param {Stated} stated
 */
function formWords(who, { name, email, choice, consent }) {
  const values = [name !== who && name, email, choice, consent && t("entered.agreed")].filter(Boolean);
  if (!values.length) return t("event.form.name", { name: who });
  return html`${t("event.form", { name: who })} <bdi><${Linked} text=${values.join(" · ")} /></bdi>`;
}

/**
 * What happened together with another event and says nothing more.
 * @param {Happening} event
 */
export const worthALine = ({ kind, reason, again }) => !again && (kind !== "released" || reason !== "set_aside");
