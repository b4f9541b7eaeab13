/** What people are called. */

import { t } from "./i18n.js";

/** @typedef {{ name?: string, nickname: string }} Somebody Where an older node told of them, which knows no names, without one. */

const NAMELESS = /^Visitor (\d+)$/; // what the server calls a visitor who gave no name

/** @param {Somebody} person */
const numberOf = ({ name = "", nickname }) =>
  (name || nickname) === nickname ? (NAMELESS.exec(nickname)?.[1] ?? "") : "";

/**
 * Whether somebody has given no name; who typed one like those has a number of their own behind it.
 * @param {Somebody} person
 */
export const isNameless = (person) => numberOf(person) !== "";

/**
 * A person's name, or the number of who gave none in the reader's language.
 * @param {Somebody} person
 */
export const nameOf = (person) =>
  isNameless(person) ? t("person.nameless", { number: numberOf(person) }) : (person.name ?? person.nickname);
