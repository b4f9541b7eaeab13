/** Tells the team that somebody is here. Who that is lasts as long as the page, and is kept nowhere. */

import { life, listen } from "./life.js";
import { chatOrigin, options } from "./options.js";
import { place } from "./place.js";

const SEEN_ADDRESS = `${chatOrigin}/v1/widget/seen`;
const LATER_S = 120;
const id = crypto.getRandomValues(new Uint32Array(4)).join("");

let denied = false;
let wasHeard = false;
/** @type {ReturnType<typeof setTimeout>} */
let next;

/** @param {boolean} [gone] What there is to tell, if it may be told. */
function report(gone) {
  clearTimeout(next);
  const { globalPrivacyControl, doNotTrack, languages } = navigator;
  if (!options.beacons || denied || life.aborted || globalPrivacyControl || doNotTrack === "1") return;
  const { url: page, ...about } = place();
  return JSON.stringify({ id, page, ...about, languages: languages.slice(0, 5), visible: !document.hidden, gone });
}

/** Tells it now, and from then on as often as the server asks for. */
export async function beat() {
  const body = report();
  if (!body) return;
  try {
    const answer = await fetch(SEEN_ADDRESS, { method: "POST", body, credentials: "omit" });
    wasHeard = true;
    if (answer.status === 403) return; // this site is not listed
    const { value } = await answer.json();
    wait(value?.next_s);
  } catch {
    if (wasHeard) wait(LATER_S); // out of reach for a while; or else a policy of the shop forbids it
  }
}

const wait = (seconds = LATER_S) => {
  clearTimeout(next);
  next = setTimeout(beat, seconds * 1000);
};

/** @param {"granted" | "denied"} answer */
export function consent(answer) {
  denied = answer === "denied";
  beat();
}

export function watchPresence() {
  listen(window, "pagehide", () => {
    const body = report(true);
    if (body) navigator.sendBeacon(SEEN_ADDRESS, body);
  });
  listen(window, "pageshow", ({ persisted }) => persisted && beat()); // back from the browser's cache
}
