/** What a page of the shop's says of who looks at it. */

/** @import { Known } from "../types.d.ts" */

/**
 * As far as it can be meant; attributes the server judges.
 * @param {{ name?: unknown, email?: unknown, attributes?: Known["attributes"] }} said
 * @returns {Known}
 */
export const known = ({ name, email, attributes }) => given({ name: text(name), email: text(email), attributes });

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value : undefined);

/**
 * What of it is given.
 * @param {object} all
 */
export const given = (all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
