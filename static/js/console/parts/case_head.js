/** Above the thread: who it is, and what can be done with the conversation. */

import { html, useEffect, useRef, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { presence } from "./context_pane.js";
import { Icon } from "./icons.js";

export function CaseHead({ desk, item }) {
  const details = useRef(null);
  useEffect(() => desk.focuses("details", () => details.current?.focus()), [desk]);
  const mine = desk.isMine(item);
  return html`<header class="case-head">
    <button type="button" class="icon-button case-back" aria-label=${t("case.back")} onClick=${() => desk.close({ focus: true })}><${Icon} name="back" /></button>
    <div class="case-who">
      <h2><bdi>${item.nickname}</bdi></h2>
      <p class="quiet"><i class="case-dot" data-online=${item.online ? "" : undefined}></i>${presence(item)}</p>
    </div>
    ${mine && html`<${Verbs} desk=${desk} item=${item} />`}
    <button type="button" ref=${details} class="icon-button case-details" aria-label=${t("case.details")} aria-expanded=${desk.drawer.value} onClick=${() => (desk.drawer.value = !desk.drawer.value)}><${Icon} name="info" /></button>
  </header>`;
}

function Verbs({ desk, item }) {
  const verbs = {
    release: { icon: "queue", run: () => desk.actions.release(item) },
    transfer: { icon: "hand", run: () => desk.show("transfer") },
    resolve: { icon: "check", run: () => desk.actions.resolve(item) },
  };
  const [open, set] = useState(false);
  const trigger = useRef(null);
  const leave = (event) => !event.currentTarget.contains(event.relatedTarget) && set(false);
  const keys = (event) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    set(false);
    trigger.current.focus();
  };
  const why = desk.lost.value ? t("why.lost") : undefined;
  const verb = (name, kind) => html`<button
    type="button"
    class=${`${kind} case-${name}`}
    title=${why}
    aria-disabled=${Boolean(why)}
    onClick=${() => (set(false), verbs[name].run())}
  ><${Icon} name=${verbs[name].icon} /><span>${t(`case.${name}`)}</span></button>`;
  return html`<div class="case-verbs" onFocusOut=${leave} onKeyDown=${keys}>
    ${verb("resolve", "button")}
    <button type="button" ref=${trigger} class="icon-button" aria-label=${t("case.more")} title=${t("case.more")} aria-expanded=${open} onClick=${() => set(!open)}><${Icon} name="more" /></button>
    ${open && html`<div class="case-menu">${verb("transfer", "menu-item")}${verb("release", "menu-item")}</div>`}
  </div>`;
}
