/** Tells the team that somebody is here. Who that is lasts as long as the page, and is kept nowhere. */

import { life, listen } from "./life.js";
import { chatOrigin, options } from "./options.js";
import { place } from "./place.js";

const SEEN = `${chatOrigin}/v1/widget/seen`;
const LATER_S = 120;
const id = crypto.getRandomValues(new Uint32Array(4)).join("-");

let denied = false;
let isHeard = false;
/** @type {ReturnType<typeof setTimeout>} */
let next;

/** What there is to tell, if it may be told. @param {boolean} [gone] */
function report(gone) {
  const { globalPrivacyControl, doNotTrack, languages } = navigator;
  return (
    options.beacons &&
    !(denied || life.aborted || globalPrivacyControl || doNotTrack === "1") &&
    JSON.stringify({ id, ...place(), languages: languages.slice(0, 5), visible: !document.hidden, gone })
  );
}

/** Tells it now, and from then on as often as the server asks for. */
export async function beat() {
  clearTimeout(next);
  const body = report();
  if (!body) return;
  try {
    const answer = await fetch(SEEN, { method: "POST", body, credentials: "omit" });
    isHeard = answer.ok || answer.status > 428; // a site that is not listed asks once
    later((await answer.json()).value?.next_s);
  } catch {
    later(); // out of reach for a while; or for ever, by a policy of the shop
  }
}

function later(seconds = LATER_S) {
  clearTimeout(next);
  if (isHeard) next = setTimeout(beat, seconds * 1000);
}

/** @param {"granted" | "denied"} answer */
export function consent(answer) {
  denied = answer !== "granted";
  beat();
}

export function watchPresence() {
  listen(window, "pagehide", () => {
    const body = report(true);
    if (body) navigator.sendBeacon(SEEN, body);
  });
}
