/** Who is logged in as an agent in this browser. */

import { get, post, statusOf } from "../api.js";

/** @import { Me } from "../types.d.ts" */

/** The agent, or null when nobody is logged in. @returns {Promise<Me | null>} */
export async function whoami() {
  try {
    return await get("/v1/me?as=agent");
  } catch (error) {
    if (statusOf(error) === 401) return null;
    throw error;
  }
}

/**
 * Logs in with `{nickname, password?}` and returns the agent.
 * @param {{ nickname: string, password?: string }} credentials
 * @returns {Promise<Me>}
 */
export const login = (credentials) => post("/login", { ...credentials, cookie: true });

export const logout = () => post("/logout?as=agent");
