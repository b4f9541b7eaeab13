/** Which page of the shop this is, in as many words as may be told. */

import { life, listen } from "./life.js";

/** @import { PlaceSeen } from "../types.d.ts" */

const SETTLES_MS = 300; // a single-page shop changes its title after its address

/** What the shop said of it, in the place of address and title. @type {{ url?: string, title?: string }} */
let said = {};

/** Without fragment, and of the query `utm_...` alone. @param {string} address */
function shown(address) {
  const [, page = "", query = ""] = /^(https?:[^?#]*)\??([^#]*)/.exec(address) ?? [];
  const utm = query.split("&").filter((part) => part.startsWith("utm_"));
  return [page, ...utm.slice(0, 1).map(() => utm.join("&"))].join("?").slice(0, 300);
}

/** @returns {PlaceSeen} */
export const place = () => ({
  url: shown(said.url ?? location.href),
  title: (said.title ?? document.title).slice(0, 150),
  referrer: shown(document.referrer),
  tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
});

/** @param {{ url?: string, title?: string }} news */
export const sayPlace = (news) => (said = news);

/** Calls back where the address has become another and no page was loaded. @param {() => unknown} act */
export function watchPlace(act) {
  let before = location.href;
  const look = () => {
    if (before === location.href) return;
    before = location.href;
    said = {};
    setTimeout(() => life.aborted || act(), SETTLES_MS);
  };
  if (window.navigation) return listen(window.navigation, "currententrychange", look);
  listen(window, "popstate", look);
  for (const name of /** @type {const} */ (["pushState", "replaceState"])) {
    const original = history[name];
    /** @this {History} @param {Parameters<History["pushState"]>} given */
    const patched = function (...given) {
      original.apply(this, given);
      look();
    };
    history[name] = patched;
    // Where somebody put theirs over ours it stays, and ours passes on.
    life.addEventListener("abort", () => history[name] === patched && (history[name] = original));
  }
}
