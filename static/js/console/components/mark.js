/** Beside a name: whether the shop's own site vouches for it, or it is merely what somebody typed. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { isNameless } from "../../names.js";
import { Icon } from "./icons.js";

/** @import { Key, Visitor } from "../../types.d.ts" */

/** @typedef {Pick<Visitor, "name" | "nickname" | "verified" | "identity">} Somebody */
/** @typedef {"verified" | "unverified"} Standing */

/** @type {Record<Standing, { icon: "verified" | "unsure", short: Key, whole: Key }>} */
const MARKS = {
  verified: { icon: "verified", short: "mark.verified", whole: "mark.verified.name" },
  unverified: { icon: "unsure", short: "mark.unverified", whole: "entered.unverified" },
};

/**
 * How a name stands; "" where somebody gave none, and nothing is known of them. A site may vouch for who somebody is
 * and not say what they are called.
 * @param {Somebody} person
 * @returns {Standing | ""}
 */
export function standing(person) {
  const { verified, identity } = person;
  if (isNameless(person)) return verified ? "verified" : "";
  return verified && (!identity || identity.name) ? "verified" : "unverified";
}

/** The mark itself, where there is room for no more. @param {{ item: Somebody }} props */
export function Mark({ item }) {
  const found = standing(item);
  return found && html`<${Sign} as=${found} title=${t(MARKS[found].whole)} />`;
}

/** That of an e-mail address beside a name, where it is not the name's. @param {{ item: Visitor }} props */
export function EmailMark({ item }) {
  const found = item.email === item.identity?.email ? "verified" : "unverified";
  return found !== standing(item) && html`<${Sign} as=${found} />`;
}

/** @param {{ as: Standing, title?: string }} props */
function Sign({ as, title }) {
  const { icon, short } = MARKS[as];
  return html`<span class=${`mark ${as}`} role="img" aria-label=${t(short)} title=${title ?? t(short)}><${Icon} name=${icon} /></span>`;
}

/** The same in words. @param {{ item: Somebody }} props */
export function MarkWords({ item }) {
  const found = standing(item);
  if (!found) return null;
  const { icon, whole } = MARKS[found];
  return html`<p class=${`mark ${found}`}><${Icon} name=${icon} />${t(whole)}</p>`;
}
