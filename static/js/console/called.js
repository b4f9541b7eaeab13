/** What agents call a visitor: by name, with the number of the nickname where two on the list have that name. */

import { t } from "../i18n.js";
import { nameOf } from "../names.js";

/** @import { Visitor } from "../types.d.ts" */

const NUMBER = / \d+$/; // what the server put behind a name that was taken

/**
 * Whoever is called as somebody of the team is says that they are a customer.
 * @param {Pick<Visitor, "name" | "nickname" | "namesake">} visitor
 * @param {boolean} [alike] Whether somebody else on the list is called so.
 */
export function called(visitor, alike = false) {
  const { name, nickname, namesake } = visitor;
  const number = alike && nickname !== name ? (NUMBER.exec(nickname)?.[0] ?? "") : "";
  return nameOf(visitor) + number + (namesake ? t("customer") : "");
}

/**
 * By what two names are one.
 * @param {Pick<Visitor, "name">} visitor
 */
export const nameKey = ({ name }) => name.normalize("NFKC").toLowerCase();
