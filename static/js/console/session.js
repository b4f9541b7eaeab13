/** Logging in and out as an agent. */

import { post } from "../api.js";
import { whoami } from "../logins.js";

/**
 * Logs in with `{nickname, password?}` and returns the agent, or null where the browser takes no cookie.
 * @param {{ nickname: string, password?: string }} credentials
 */
export async function login(credentials) {
  await post("/login", { ...credentials, cookie: true });
  return whoami("agent");
}

/**
 * The same by a link that was mailed to them; `password` is theirs from now on, "" for the one they have.
 * @param {string} secret
 * @param {string} password
 */
export async function enter(secret, password) {
  await post("/login/mailed", { secret, password, cookie: true });
  return whoami("agent");
}

export const logout = () => post("/logout?as=agent");
