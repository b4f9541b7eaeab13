/** Which page of the shop this is, in as many words as may be told. */

import { life } from "./life.js";

/** @import { PlaceSeen } from "../types.d.ts" */

const LOOK_MS = 500;

/** What the shop said of it, in the place of address and title. @type {{ url?: string, title?: string }} */
let said = {};

/** @param {{ url?: string, title?: string }} [news] */
export const sayPlace = (news) => (said = news ?? {});

/** Without fragment, and of the query `utm_...` alone. @param {string} address */
function shown(address) {
  const [page, query = ""] = address.split("#")[0].split("?");
  const utm = query.split("&").filter((part) => /^utm_/.test(part));
  return /^http/.test(page) ? (page + (utm[0] ? "?" + utm.join("&") : "")).slice(0, 300) : "";
}

/** @returns {PlaceSeen} */
export const place = () => ({
  page: shown(`${said.url}`) || shown(location.href),
  title: `${said.title ?? document.title}`.slice(0, 150),
  referrer: shown(document.referrer),
  tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
});

/**
 * Calls back where the address has become another, and stayed so for a moment, and no page was loaded. It is looked at
 * from time to time: not every browser tells of it, and what they call instead is the shop's, not ours to replace.
 * @param {(address: string) => unknown} act
 */
export function watchPlace(act) {
  let told = location.href;
  let now = told;
  const timer = setInterval(() => {
    if (life.aborted) clearInterval(timer);
    if (now !== location.href) now = location.href;
    else if (now !== told) act((told = now));
  }, LOOK_MS);
}
