/** Who is logged in as an agent in this browser. */

import { get, post, statusOf } from "../api.js";

/** The agent, or null when nobody is logged in. */
export async function whoami() {
  try {
    return await get("/v1/me?as=agent");
  } catch (error) {
    if (statusOf(error) === 401) return null;
    throw error;
  }
}

/** Logs in with `{nickname, password?}` and returns the agent. */
export const login = (credentials) => post("/login", credentials);

export const logout = () => post("/logout?as=agent");
