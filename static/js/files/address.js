/** Where a file is had: by the browser's cookie, or in a page that uses none by a ticket, which lasts for an hour. */

import { addressed, get, isKnownToBrowser } from "../api.js";
import { now } from "../server_time.js";

/** @import { Side } from "../types.d.ts" */

const SPARE_MS = 5 * 60_000; // what is played or saved goes on asking for a while

/** @typedef {{ of: string, value: string, until: number }} Ticket `of`: where it was asked for; `until`: unix ms. */

/** @type {Ticket | null} */
let ticket = null;
/** @type {{ of: string, answer: Promise<Ticket> } | null} */
let asked = null;

/** Asks for another ticket next time: this one may be of a session that is over. */
export const renew = () => (ticket = null);

/**
 * The address of a file, for `as`, "visitor" or "agent"; with `save` of what is to be saved, and not to be shown. Throws
 * what `get` throws.
 * @param {string} id
 * @param {{ as: Side, save?: boolean }} options
 */
export async function fileAddress(id, { as, save = false }) {
  const more = save ? "&save=1" : "";
  if (isKnownToBrowser()) return addressed(`/v1/files/${id}?as=${as}${more}`);
  return `/v1/files/${id}?t=${encodeURIComponent(await current(as))}${more}`;
}

/** @param {Side} as */
async function current(as) {
  const path = `/v1/files/ticket?as=${as}`;
  const of = addressed(path); // which says whose it is
  if (ticket?.of === of && ticket.until - now() > SPARE_MS) return ticket.value;
  if (asked?.of !== of) asked = { of, answer: ask(of, path) };
  ticket = await asked.answer;
  return ticket.value;
}

/**
 * @param {string} of
 * @param {string} path
 * @returns {Promise<Ticket>}
 */
async function ask(of, path) {
  try {
    const { ticket: value, expires_at: until } = await get(path);
    return { of, value, until: Date.parse(until) };
  } finally {
    asked = null;
  }
}
