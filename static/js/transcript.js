/** A conversation as a file. The browser saves it as it comes, so a long one needs no memory here. */

import { Refusal, addressed, isKnownToBrowser, request } from "./api.js";
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
  const { url, answer } = await inZone(() => asked(as, format, uid));
  link.href = isKnownToBrowser() ? addressed(url) : URL.createObjectURL(await answer.blob());
  link.download = nameOf(answer.headers.get("Content-Disposition") ?? ""); // which an address of the server's says itself
  link.click();
}

/**
 * @param {Side} as
 * @param {string} format
 * @param {string} uid
 */
async function asked(as, format, uid) {
  const url = `/v1/transcript?${new URLSearchParams({ as, format, lang: language, client: uid, ...zone() })}`;
  // where the browser itself could not show whose session it is, all of it comes now
  const answer = await request(url, { method: isKnownToBrowser() ? "HEAD" : "GET" });
  if (!answer.ok) throw new Refusal(answer.status);
  return { url, answer };
}

/**
 * The name that the server gives a file (RFC 6266).
 * @param {string} disposition
 */
function nameOf(disposition) {
  const [, whole] = /filename\*=UTF-8''([^;]+)/.exec(disposition) ?? [];
  return whole ? decodeURIComponent(whole) : (/filename="([^"]*)"/.exec(disposition)?.[1] ?? "");
}
