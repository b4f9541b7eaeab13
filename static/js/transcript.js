/** A conversation as a file. The browser saves it as it comes, so a long one needs no memory here. */

import { Refusal, addressed, request } from "./api.js";
import { language } from "./i18n.js";
import { inZone, zone } from "./zone.js";

/** @import { Side } from "./types.d.ts" */

/**
 * Saves it as "html" or "json". `as`: who asks, "visitor" or "agent"; an agent names the visitor by `uid`. Asks first
 * whether it may be had: throws a Refusal otherwise, or what `fetch` throws.
 * @param {Side} as
 * @param {string} format
 * @param {string} [uid]
 */
export async function save(as, format, uid = "") {
  const link = document.createElement("a");
  link.href = await inZone(() => available(as, format, uid));
  link.download = ""; // its name is the server's to say
  link.click();
}

/**
 * @param {Side} as
 * @param {string} format
 * @param {string} uid
 */
async function available(as, format, uid) {
  const url = `/v1/transcript?${new URLSearchParams({ as, format, lang: language, client: uid, ...zone() })}`;
  const answer = await request(url, { method: "HEAD" });
  if (!answer.ok) throw new Refusal(answer.status);
  return addressed(url);
}
