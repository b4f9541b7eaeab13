/** What a visitor says of themselves: shown as theirs to say, for nobody vouches for it. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { isNameless } from "../../names.js";
import { moment } from "../../time.js";
import { Linked, Words } from "../../components/words.js";
import { Icon } from "./icons.js";

/** @import { Content, Key, Visitor } from "../../types.d.ts" */

/** @typedef {Pick<Visitor, "name" | "nickname" | "verified">} Somebody */

/**
 * Whether somebody is called as they typed, and as nobody vouches for.
 * @param {Somebody} person
 */
export const isUnverified = (person) => !person.verified && !isNameless(person);

/** The mark of such a name, in a list. @param {{ item: Somebody }} props */
export function Unverified({ item }) {
  if (!isUnverified(item)) return null;
  return html`<span class="unverified" title=${t("entered.unverified")}><${Icon} name="unsure" /><span class="said"> (${t("entered.unverified")})</span></span>`;
}

/** What stands in the fields of the shop's form. @param {{ item: Visitor }} props */
export function Entered({ item }) {
  const { email, fields: { choice, consent } = {} } = item;
  /** @type {[Key, Content][]} */
  const facts = [];
  if (email) facts.push(["entered.email", html`<${Linked} text=${email} />`]);
  if (choice) facts.push(["entered.choice", choice]);
  if (consent)
    facts.push(["entered.consent", html`${moment(consent.at)}<small><${Words} text=${consent.text} /></small>`]);
  if (!facts.length) return null;
  return html`<section class="entered" aria-labelledby="entered">
    <h3 id="entered"><${Icon} name="unsure" />${t("entered.title")}</h3>
    <dl class="facts">
      ${facts.map(([name, value]) => html`<div key=${name}><dt>${t(name)}</dt><dd><bdi>${value}</bdi></dd></div>`)}
    </dl>
  </section>`;
}
