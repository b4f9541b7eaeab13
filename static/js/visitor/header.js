/** The shop's name, an honest line about who is there, and the way out. */

import { html, useState } from "../lib.js";
import { plural, t } from "../i18n.js";

export function Header({ visit, shop }) {
  const [leaving, setLeaving] = useState(false);
  const { holder } = visit.conversation;
  const here = Boolean(holder.value) || Boolean(visit.desk.value?.agents_online);
  return html`<header class="head">
    <div class="head-words">
      <h1><bdi>${shop || t("welcome.title")}</bdi></h1>
      <p class="head-line" data-here=${here} role="status"><i aria-hidden="true"></i><span>${line(holder.value, visit.desk.value)}</span></p>
    </div>
    ${leaving
      ? html`<${Leave} visit=${visit} onStay=${() => setLeaving(false)} />`
      : html`<button type="button" class="head-leave" onClick=${() => setLeaving(true)}>${t("chat.leave")}</button>`}
  </header>`;
}

/** Logging out cannot be undone, so it is asked twice. */
function Leave({ visit, onStay }) {
  const [trouble, setTrouble] = useState(false);
  const leave = () => visit.logout().catch(() => setTrouble(true));
  return html`<div class="leave" role="group" aria-label=${t("chat.leave")} onKeyDown=${(event) => event.key === "Escape" && onStay()}>
    <p>${t(trouble ? "leave.failed" : "leave.ask", { name: visit.me.nickname })}</p>
    <button type="button" class="button" ref=${(button) => button?.focus()} onClick=${onStay}>${t("leave.stay")}</button>
    <button type="button" class="button button-alarm" onClick=${leave}>${t("leave.go")}</button>
  </div>`;
}

function line(holder, desk) {
  if (holder) return t("desk.with", { name: holder.nickname });
  if (!desk) return "";
  if (!desk.agents_online) return t("desk.nobody");
  return desk.answer_minutes ? plural("desk.minutes", desk.answer_minutes) : t("desk.here");
}
