/** What the shop's page says of who looks at it. */

/** @import { Known } from "../../types.d.ts" */

/**
 * As a port takes it, which not everything passes.
 * @param {Known} known
 * @returns {Known}
 */
export const plain = ({ name, email, attributes }) => ({
  ...(name && { name: `${name}` }),
  ...(email && { email: `${email}` }),
  ...(attributes && {
    attributes: Object.fromEntries(Object.entries(attributes).filter(([, value]) => isScalar(value))),
  }),
});

const isScalar = (/** @type {unknown} */ value) => ["string", "number", "boolean"].includes(typeof value);
