/** Whose clock the server goes by: the reader's. */

import { statusOf } from "./api.js";
import { now } from "./server_time.js";

let named = true; // until a server says that it does not know the name

/**
 * What to ask with: the browser's name for its zone, or where there is none, how far from UTC it is at that date.
 * @param {Date} [date]
 * @returns {Record<string, string>}
 */
export function zone(date = new Date(now())) {
  const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return named && tz && tz !== "Etc/Unknown" ? { tz } : { offset: String(-date.getTimezoneOffset()) };
}

/**
 * What `ask` brings; it is called again, to ask by minutes, where a browser is ahead of the server and names a new zone.
 * @template T
 * @param {() => Promise<T>} ask
 */
export async function inZone(ask) {
  try {
    return await ask();
  } catch (error) {
    if (!named || statusOf(error) !== 400) throw error;
    named = false;
    return ask();
  }
}
