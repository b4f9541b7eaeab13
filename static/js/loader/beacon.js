/** Tells the team that somebody is here. Who that is lasts as long as the page, and is kept nowhere. */

import { remembered } from "./kept.js";
import { language } from "./language.js";
import { life, listen } from "./life.js";
import { objects } from "./objection.js";
import { chatOrigin, options } from "./options.js";
import { place } from "./place.js";
import { showTeaser } from "./view.js";

/** @import { Invite } from "../types.d.ts" */

const SEEN = `${chatOrigin}/v1/widget/seen`;
const LATER_S = 120;
export const seen = crypto.getRandomValues(new Uint32Array(4)).join("-");

/** Whether they agreed, where they were asked. @type {boolean | undefined} */
let agreed;
let isHeard = false;
/** @type {ReturnType<typeof setTimeout>} */
let next;
/** @type {ReturnType<typeof setTimeout>} */
let inviting;

/** What there is to tell, if it may be told. @param {boolean} [gone] */
function report(gone) {
  if (!options.beacons || agreed === false || life.aborted || objects()) return "";
  const reader = { lang: language(), languages: navigator.languages.slice(0, 5), quiet: Boolean(remembered().open) };
  return JSON.stringify({ id: seen, ...place(), ...reader, visible: !document.hidden, gone, consent: agreed });
}

/** Tells it now, and from then on as often as the server asks for. */
export async function beat() {
  clearTimeout(next);
  clearTimeout(inviting); // for where they were
  const body = report();
  if (!body) return;
  try {
    const answer = await fetch(SEEN, { method: "POST", body, credentials: "omit" });
    isHeard = answer.ok || answer.status > 428; // a site that is not listed asks once
    const { next_s: seconds, invite } = (await answer.json()).value ?? {};
    later(seconds);
    if (invite) inviting = setTimeout(showInvite, invite.after_s * 1000, invite);
  } catch {
    later(); // out of reach for a while; or for ever, by a policy of the shop
  }
}

/** Not to who has closed the chat or such a word in this tab. @param {Invite} invite */
const showInvite = (invite) => remembered().open || showTeaser(invite.text, invite);

function later(seconds = LATER_S) {
  clearTimeout(next);
  if (isHeard) next = setTimeout(beat, seconds * 1000);
}

/** @param {"granted" | "denied"} answer */
export function consent(answer) {
  agreed = answer === "granted";
  beat();
}

export function watchPresence() {
  listen(window, "pagehide", () => {
    const body = report(true);
    if (body) navigator.sendBeacon(SEEN, body);
  });
}
