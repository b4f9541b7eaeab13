/** Presence of agents: whether somebody answers, as the shop tells everybody. */

import { html, signal } from "../lib.js";
import { plural, t } from "../i18n.js";
import { get } from "../api.js";
import { learn } from "../shop.js";

/** @import { Named, Presence, Signal } from "../types.d.ts" */

/**
 * `{agents_online, answer_minutes}`, or null while unknown: better no line than one that may be untrue.
 * @type {Signal<Presence | null>}
 */
export const presence = signal(null);

export async function askPresence() {
  try {
    const { shop_name: name, greeting, accent, palette, ...now } = await get("/v1/desk");
    presence.value = now;
    learn({ name, greeting, accent, palette });
  } catch {
    presence.value = null;
  }
}

/**
 * The honest line. `holder` is who has the conversation, if anybody.
 * @param {{ holder?: Named | null }} props
 */
export function PresenceLine({ holder }) {
  const here = Boolean(holder) || Boolean(presence.value?.agents_online);
  return html`<p class="head-line" data-here=${here} role="status"><i aria-hidden="true"></i><span>${words(holder, presence.value)}</span></p>`;
}

/**
 * @param {Named | null | undefined} holder
 * @param {Presence | null} now
 */
function words(holder, now) {
  if (holder) return t("presence.with", { name: holder.nickname });
  if (!now) return "";
  if (!now.agents_online) return t("presence.nobody");
  return now.answer_minutes ? plural("presence.minutes", now.answer_minutes) : t("presence.here");
}
