/** The nickname of last time, for those who come back after their session has ended. */

import { local } from "../storage.js";

const STORAGE_KEY = "chatadmin.nickname";

export const remembered = () => local.get(STORAGE_KEY) ?? "";

/**
 * An empty one is forgotten: whoever leaves on a shared computer leaves nothing.
 * @param {string} nickname
 */
export const remember = (nickname) => local.set(STORAGE_KEY, nickname || null);
