/** Whose words are quoted. */

import { t } from "../i18n.js";

/** @import { Person } from "../types.d.ts" */

/**
 * @param {Person} user
 * @param {string} me Our own uid.
 * @param {(user: Person) => string} called
 */
export const authorOf = (user, me, called) => (user.uid === me ? t("quote.you") : called(user));
