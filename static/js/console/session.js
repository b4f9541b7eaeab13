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

export const logout = () => post("/logout?as=agent");
