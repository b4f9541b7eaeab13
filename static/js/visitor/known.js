/** What a page of the shop's says of who looks at it. */

/** @typedef {{ name?: string, email?: string }} Known */

/**
 * As far as it can be meant.
 * @param {{ name?: unknown, email?: unknown }} said
 * @returns {Known}
 */
export const known = ({ name, email }) => given({ name: text(name), email: text(email) });

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value : undefined);

/**
 * What of it is given.
 * @param {object} all
 */
export const given = (all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
