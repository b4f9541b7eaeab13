/** Which page of the shop this is, in as many words as may be told. */

import { life, listen } from "./life.js";

/** @import { PlaceSeen } from "../types.d.ts" */

// A single-page shop changes its title after its address, and some say each step of a slider there.
const SETTLES_MS = 300;

/** What the shop said of it, in the place of address and title. @type {{ url?: string, title?: string }} */
let said = {};

/** @param {{ url?: string, title?: string }} [news] */
export const sayPlace = (news) => (said = news ?? {});

/** Without fragment, and of the query `utm_...` alone. @param {string} address */
function shown(address) {
  const [, page = "", query = ""] = /^(http[^?#]*)\??([^#]*)/.exec(address) ?? [];
  const utm = query.split("&").filter((part) => /^utm_/.test(part));
  return (page + (utm[0] ? "?" + utm.join("&") : "")).slice(0, 300);
}

/** @returns {PlaceSeen} */
export const place = () => ({
  page: shown(`${said.url}`) || shown(location.href),
  title: `${said.title ?? document.title}`.slice(0, 150),
  referrer: shown(document.referrer),
  tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
});

/** Calls back where the address has become another and no page was loaded. @param {() => unknown} act */
export function watchPlace(act) {
  let before = location.href;
  /** @type {ReturnType<typeof setTimeout>} */
  let settling;
  const look = () => {
    if (before === location.href) return;
    before = location.href;
    sayPlace();
    clearTimeout(settling);
    settling = setTimeout(act, SETTLES_MS);
  };
  if (window.navigation) return listen(window.navigation, "currententrychange", look);
  listen(window, "popstate", look);
  for (const name of /** @type {const} */ (["pushState", "replaceState"])) {
    const original = history[name];
    /** @param {Parameters<History["pushState"]>} given */
    const patched = (...given) => {
      original.apply(history, given);
      look();
    };
    history[name] = patched;
    // Where somebody put theirs over ours it stays, and ours passes on.
    life.addEventListener("abort", () => history[name] === patched && (history[name] = original));
  }
}
