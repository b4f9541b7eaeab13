/** What nobody can guess. */

/**
 * Digits and small letters, two for each byte of chance.
 * @param {number} bytes
 */
export const random = (bytes) =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(36).padStart(2, "0")).join("");
