/** The shop's name, an honest line about who is there, the chat to take along, and the way out. */

import { html, useState } from "../lib.js";
import { initial } from "../components/avatar.js";
import { t } from "../i18n.js";
import { isStale, loadChunk } from "../chunk.js";
import { Ask } from "./ask.js";
import { PresenceLine } from "./presence.js";

/** @import { Visit } from "../visitor/visit.js" */

/** @param {{ visit: Visit, shop: string }} props */
export function Header({ visit, shop }) {
  const [Asked, ask] = useState(/** @type {object | null} */ (null)); // the question that is up
  const save = () =>
    loadChunk(() => import("./save.js")).then(
      ({ Save }) => ask(() => Save),
      (error) => ask(() => (isStale(error) ? Stale : Unsaved)),
    );
  return html`<header class="head">
    <${Mark} shop=${shop} />
    <div class="head-words">
      <h1><bdi>${shop || t("welcome.title")}</bdi></h1>
      <${PresenceLine} holder=${visit.conversation.holder.value} />
    </div>
    <button type="button" class="head-act head-save" aria-label=${t("save.open")} title=${t("save.open")} onClick=${save}>
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M12 4v11m0 0 4.5-4.5M12 15l-4.5-4.5M5 19.5h14" /></svg>
    </button>
    <button type="button" class="head-act head-leave" onClick=${() => ask(() => Leave)}>${t("chat.leave")}</button>
    ${Asked && html`<${Asked} visit=${visit} onClose=${() => ask(null)} />`}
  </header>`;
}

/**
 * The shop's sign: its initial, or two lines of talk where it has no name.
 * @param {{ shop: string }} props
 */
export function Mark({ shop }) {
  return html`<span class="mark" aria-hidden="true">${shop ? initial(shop) : html`<i></i><i></i>`}</span>`;
}

/**
 * Leaving cannot be undone, so it is asked twice.
 * @param {{ visit: Visit, onClose: () => void }} props
 */
function Leave({ visit, onClose }) {
  const [trouble, setTrouble] = useState(false);
  const leave = () => visit.logout().catch(() => setTrouble(true));
  return html`<${Ask} words=${t(trouble ? "leave.failed" : "leave.ask", { name: visit.me.nickname })} onClose=${onClose}>
    ${(/** @type {() => void} */ close) => html`
      <button type="button" class="button" onClick=${close}>${t("leave.stay")}</button>
      <button type="button" class="button button-alarm" onClick=${leave}>${t("leave.go")}</button>
    `}
  <//>`;
}

/**
 * Where not even the question can be had.
 * @param {{ onClose: () => void }} props
 */
function Unsaved({ onClose }) {
  return html`<${Ask} words=${t("save.failed")} onClose=${onClose}>
    ${(/** @type {() => void} */ close) => html`<button type="button" class="button leave-whole" onClick=${close}>${t("save.close")}</button>`}
  <//>`;
}

/**
 * Where it can be had only by a page that is loaded anew.
 * @param {{ onClose: () => void }} props
 */
function Stale({ onClose }) {
  return html`<${Ask} words=${t("chunk.stale")} onClose=${onClose}>
    ${(/** @type {() => void} */ close) => html`
      <button type="button" class="button button-main" onClick=${() => location.reload()}>${t("chunk.reload")}</button>
      <button type="button" class="button" onClick=${close}>${t("save.close")}</button>
    `}
  <//>`;
}
