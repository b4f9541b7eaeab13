/** Logging in and out as an agent. */

import { post } from "../api.js";

/** @import { Me } from "../types.d.ts" */

/**
 * Logs in with `{nickname, password?}` and returns the agent.
 * @param {{ nickname: string, password?: string }} credentials
 * @returns {Promise<Me>}
 */
export const login = (credentials) => post("/login", { ...credentials, cookie: true });

export const logout = () => post("/logout?as=agent");
