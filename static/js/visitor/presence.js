/** Presence of agents: whether somebody answers, as the shop tells everybody. */

import { effect, html, signal } from "../lib.js";
import { plural, t } from "../i18n.js";
import { get } from "../api.js";
import { loadChunk } from "../chunk.js";
import { Face, faceOf } from "../components/avatar.js";
import { learn, shop } from "../shop.js";
import { isFrame } from "./port.js";

/** @import { Desk, Holder, Opening, Presence, Shop, Signal } from "../types.d.ts" */

/**
 * Null while unknown: better no line than one that may be untrue.
 * @type {Signal<Presence | null>}
 */
export const presence = signal(null);

/**
 * How a chat begins, null while nobody has told. It stays while the server is out of reach: somebody may be filling it in.
 * @type {Signal<Opening | null>}
 */
export const opening = signal(null);

/** The largest file that is taken, in bytes, as a hello tells who is somebody; undefined where none are. @type {Signal<number | undefined>} */
export const fileBytes = signal(undefined);

/** What is asked of who begins where an older node tells of nothing. @type {Opening} */
const USUAL = { quick: [], form: { name: "optional", email: "no", choice: null, consent: "" } };

export async function askPresence() {
  try {
    const {
      shop_name: name,
      greeting,
      greetings,
      accent,
      palette,
      logo,
      faces,
      chat = USUAL,
      file_bytes,
      ...now
    } = await get("/v1/desk");
    fileBytes.value = file_bytes;
    presence.value = now;
    changed({ name, greeting, greetings, accent, palette, logo, faces, chat });
  } catch {
    presence.value = null;
  }
}

/**
 * The socket tells that the shop has opened or closed, or who of the team is there.
 * @param {Desk} desk
 */
export const attended = (desk) => (presence.value = { answer_minutes: null, ...presence.peek(), ...desk });

/**
 * Whether the shop has hours that end, or has ended for today; an older node tells of none.
 * @param {Presence | null} desk
 */
const hasHours = (desk) => Boolean(desk && (desk.until || desk.open === false));

/**
 * What they say, which is a chunk: nothing until it has come, and null where it does not.
 * @type {Signal<(desk: Presence) => string | null>}
 */
const byHours = signal(() => "");
let asked = false;
effect(() => {
  if (asked || !hasHours(presence.value)) return;
  asked = true;
  loadChunk(() => import("./hours/hours.js")).then(
    ({ words }) => (byHours.value = words),
    () => (byHours.value = () => null),
  );
});

/**
 * The shop shows something else of itself, or asks for something else.
 * @param {Shop & { chat?: Opening }} now
 */
export function changed({ name, greeting, greetings, accent, palette, logo, faces, chat }) {
  const colour = isFrame ? { accent: shop.peek().accent, palette: shop.peek().palette } : { accent, palette };
  learn({ name, greeting, greetings, ...colour, logo, faces }); // a frame has the widget's, which came with it
  if (chat) opening.value = chat;
}

/**
 * The honest line. `holder` is who has the conversation, if anybody.
 * @param {{ holder?: Holder | null }} props
 */
export function PresenceLine({ holder }) {
  const here = holder ? holder.here : (presence.value?.agents_online ?? "unknown");
  return html`<p class="head-line" data-here=${here} role="status"><i aria-hidden="true"></i><${Face} id=${faceOf(holder?.uid)} class="head-face" /><span>${words(holder, presence.value)}</span></p>`;
}

/**
 * @param {Holder | null | undefined} holder
 * @param {Presence | null} now
 */
function words(holder, now) {
  if (holder?.here) return t("presence.with", { name: holder.nickname });
  const isPlain = !now || !hasHours(now) || (now.open && (holder || now.accepting));
  const told = isPlain ? null : byHours.value(now);
  if (told !== null) return told;
  if (holder) return t("presence.gone", { name: holder.nickname });
  if (!now) return "";
  if (!now.agents_online) return t("presence.nobody");
  return now.answer_minutes ? plural("presence.minutes", now.answer_minutes) : t("presence.here");
}
