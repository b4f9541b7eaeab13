/** The shop's name, an honest line about who is there, the chat to take along, and the way out. */

import { html, useEffect, useRef, useState } from "../lib.js";
import { initial } from "../components/avatar.js";
import { t } from "../i18n.js";
import { DeskLine } from "./desk.js";
import { Save } from "./save.js";

export function Header({ visit, shop }) {
  const [leaving, setLeaving] = useState(false);
  return html`<header class="head">
    <${Mark} shop=${shop} />
    <div class="head-words">
      <h1><bdi>${shop || t("welcome.title")}</bdi></h1>
      <${DeskLine} holder=${visit.conversation.holder.value} />
    </div>
    <${Save} />
    <button type="button" class="head-leave" onClick=${() => setLeaving(true)}>${t("chat.leave")}</button>
    ${leaving && html`<${Leave} visit=${visit} onStay=${() => setLeaving(false)} />`}
  </header>`;
}

/** The shop's sign: its initial, or two lines of talk where it has no name. */
export function Mark({ shop }) {
  return html`<span class="mark" aria-hidden="true">${shop ? initial(shop) : html`<i></i><i></i>`}</span>`;
}

/** Leaving cannot be undone, so it is asked twice. */
function Leave({ visit, onStay }) {
  const dialog = useRef(null);
  const [trouble, setTrouble] = useState(false);
  useEffect(() => dialog.current.showModal(), []);
  const leave = () => visit.logout().catch(() => setTrouble(true));
  return html`<dialog class="leave" ref=${dialog} aria-labelledby="leave-ask" onClose=${onStay}>
    <p id="leave-ask">${t(trouble ? "leave.failed" : "leave.ask", { name: visit.me.nickname })}</p>
    <button type="button" class="button" onClick=${() => dialog.current.close() /* which gives the focus back */}>${t("leave.stay")}</button>
    <button type="button" class="button button-alarm" onClick=${leave}>${t("leave.go")}</button>
  </dialog>`;
}
