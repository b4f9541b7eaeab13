/** The head above the thread: who the visitor is, and what can be done with the conversation. */

import { html, useEffect, useElement } from "../../lib.js";
import { t } from "../../i18n.js";
import { Menu } from "../../components/menu.js";
import { brief, seconds, since } from "../clock.js";
import { commands } from "../commands.js";
import { presence } from "../context/who.js";
import { owedSince, urgency } from "../groups.js";
import { Called } from "./called.js";
import { Icon } from "./icons.js";

/** @import { Key, Ref, Visitor } from "../../types.d.ts" */
/** @import { Act } from "../../components/menu.js" */
/** @import { Workspace } from "../workspace.js" */
/** @import { IconName } from "./icons.js" */

/** @param {{ workspace: Workspace, item: Visitor }} props */
export function ConversationHead({ workspace, item }) {
  /** @type {Ref<HTMLButtonElement>} */
  const details = useElement();
  useEffect(() => workspace.focuses("details", () => details.current?.focus()), [workspace]);
  const owed = item.holder && owedSince(item);
  return html`<header class="case-head">
    <button type="button" class="icon-button case-back" aria-label=${t("case.back")} onClick=${() => workspace.close({ focus: true })}><${Icon} name="back" /></button>
    <div class="case-who">
      <h2><${Called} item=${item} /></h2>
      <p class="quiet" data-owed=${owed ? "" : undefined}><i class="case-dot" data-online=${item.online ? "" : undefined}></i><span class="case-presence">${presence(item)}</span>${owed && html`<${Owed} since=${owed} />`}</p>
    </div>
    <${Verbs} workspace=${workspace} item=${item} />
    <button type="button" ref=${details} class="icon-button case-details" aria-label=${t("case.details")} aria-expanded=${workspace.drawer.value} onClick=${() => (workspace.drawer.value = !workspace.drawer.value)}><${Icon} name="info" /></button>
  </header>`;
}

/** How long somebody who was taken has not been answered. @param {{ since: string }} props */
function Owed({ since: start }) {
  const waited = since(start, seconds.value);
  return html`<span class="case-owed" data-urgency=${urgency(waited)}>${t("case.owed", { time: brief(waited) })}</span>`;
}

/** @typedef {{ name: string, icon: IconName, words: Key, may?: boolean, run: () => unknown }} Verb */

/**
 * What this agent may do with the conversation now; the first stands alone, the others in the menu.
 * @param {Workspace} workspace
 * @param {Visitor} item
 * @returns {Verb[]}
 */
function verbsFor(workspace, item) {
  const { actions } = workspace;
  const can = commands(workspace);
  const blocked = item.status === "blocked";
  const over = blocked || item.status === "resolved";
  /** @type {Verb[]} */
  const all = [
    {
      name: "resolve",
      icon: "check",
      may: workspace.mayEnd(item) && !over,
      run: () => actions.resolve(item),
      words: "case.resolve",
    },
    { name: "snooze", icon: "clock", ...can.snooze, words: "case.snooze" },
    { name: "transfer", icon: "hand", ...can.transfer, words: "case.transfer" },
    { name: "release", icon: "queue", ...can.release, words: "case.release" },
    { name: "saveHtml", icon: "save", ...can.save, words: "case.saveHtml" },
    { name: "saveJson", icon: "save", may: true, run: () => actions.save(item.uid, "json"), words: "case.saveJson" },
    { name: "return", icon: "link", ...can.return, may: can.return.may && !blocked, words: "case.return" },
    { name: "unblock", icon: "block", may: blocked, run: () => actions.block(item, false), words: "case.unblock" },
    { name: "block", icon: "block", ...can.block, words: "case.block" },
  ];
  return all.filter((verb) => verb.may);
}

/** @param {{ workspace: Workspace, item: Visitor }} props */
function Verbs({ workspace, item }) {
  const why = workspace.lost.value ? t("why.lost") : undefined;
  /**
   * @param {Verb} verb
   * @param {"button" | "menu-item"} kind
   * @param {() => void} press
   */
  const button = ({ name, icon, words }, kind, press) => html`<button
    key=${name}
    type="button"
    class=${`${kind} case-${name}`}
    title=${why}
    aria-disabled=${Boolean(why)}
    onClick=${press}
  ><${Icon} name=${icon} /><span>${t(words)}</span></button>`;
  const verbs = verbsFor(workspace, item);
  const first = workspace.isMine(item) ? verbs.shift() : null;
  const more = { class: "icon-button case-more", "aria-label": t("case.more"), title: t("case.more") };
  return html`<div class="case-verbs">
    ${first && button(first, "button", first.run)}
    <${Menu} name="case" trigger=${more} face=${html`<${Icon} name="more" />`}>
      ${(/** @type {Act} */ act) => verbs.map((verb) => button(verb, "menu-item", act(verb.run)))}
    <//>
  </div>`;
}
