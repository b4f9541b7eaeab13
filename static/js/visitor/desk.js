/** Who is at the desk, as the shop tells everybody. */

import { html, signal } from "../lib.js";
import { plural, t } from "../i18n.js";
import { get } from "../api.js";
import { learn } from "../shop.js";

/** @import { Named, Presence, Signal } from "../types.d.ts" */

/**
 * `{agents_online, answer_minutes}`, or null while unknown: better no line than one that may be untrue.
 * @type {Signal<Presence | null>}
 */
export const desk = signal(null);

export async function askDesk() {
  try {
    const { shop_name: name, greeting, accent, palette, ...now } = await get("/v1/desk");
    desk.value = now;
    learn({ name, greeting, accent, palette });
  } catch {
    desk.value = null;
  }
}

/**
 * The honest line. `holder` is who has the conversation, if anybody.
 * @param {{ holder?: Named | null }} props
 */
export function DeskLine({ holder }) {
  const here = Boolean(holder) || Boolean(desk.value?.agents_online);
  return html`<p class="head-line" data-here=${here} role="status"><i aria-hidden="true"></i><span>${words(holder, desk.value)}</span></p>`;
}

/**
 * @param {Named | null | undefined} holder
 * @param {Presence | null} now
 */
function words(holder, now) {
  if (holder) return t("desk.with", { name: holder.nickname });
  if (!now) return "";
  if (!now.agents_online) return t("desk.nobody");
  return now.answer_minutes ? plural("desk.minutes", now.answer_minutes) : t("desk.here");
}
