/** A conversation as a file. The browser saves it as it comes, so a long one needs no memory here. */

import { Refusal } from "./api.js";
import { language } from "./i18n.js";

/** @import { Side } from "./types.d.ts" */

/**
 * `as`: who asks, "visitor" or "agent"; an agent names the visitor by `uid`. `format`: "html" or "json".
 * @param {Side} as
 * @param {string} format
 * @param {string} [uid]
 */
export function address(as, format, uid = "") {
  const asked = new URLSearchParams({ as, format, lang: language });
  if (uid) asked.set("client", uid);
  // a server without time zones of its own goes by how far from UTC we are now
  asked.set("tz", Intl.DateTimeFormat().resolvedOptions().timeZone ?? "");
  asked.set("offset", String(-new Date().getTimezoneOffset()));
  return `/v1/transcript?${asked}`;
}

/**
 * Saves what is at `url`. Asks first whether it may be had: throws a Refusal otherwise, or what `fetch` throws.
 * @param {string} url
 */
export async function download(url) {
  const answer = await fetch(url, { method: "HEAD" });
  if (!answer.ok) throw new Refusal(answer.status);
  const link = document.createElement("a");
  link.href = url;
  link.download = ""; // its name is the server's to say
  link.click();
}
