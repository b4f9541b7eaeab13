/** The console's screen: rail, list, conversation, context, and what opens over them. */

import { html, useEffect } from "../../lib.js";
import { t } from "../../i18n.js";
import { isBrowsing } from "../browsing.js";
import { commands } from "../commands.js";
import { meant } from "../keys.js";
import { ContextPane } from "../context/pane.js";
import { AlertsDialog } from "./alerts_dialog.js";
import { AnsweredNotices } from "./answered.js";
import { BlockDialog } from "./block_dialog.js";
import { BrowsingPane } from "./browsing_pane.js";
import { ConversationPane } from "./conversation_pane.js";
import { HandedOverNotices } from "./handed_over.js";
import { KeySheet } from "./key_sheet.js";
import { Notices } from "./notices.js";
import { Palette } from "./palette.js";
import { Rail } from "./rail.js";
import { ReturnDialog } from "./return_dialog.js";
import { Screen } from "./screen.js";
import { SnoozeDialog } from "./snooze_dialog.js";
import { TransferDialog } from "./transfer_dialog.js";
import { Trouble } from "./trouble.js";
import { VisitorList } from "./visitor_list.js";
import { Welcome } from "./welcome.js";

/** @import { Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export function Console({ workspace }) {
  useEffect(() => {
    /** @param {KeyboardEvent} event */
    const press = (event) => act(workspace, event);
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [workspace]);

  const uid = workspace.selected.value;
  const screen = workspace.screen.value;
  const item = !screen && uid && workspace.liveList.item(uid);
  return html`<div class="workspace" data-open=${uid && !screen ? "" : undefined} data-context=${item ? "" : undefined} data-screen=${screen ?? undefined}>
    <a class="skip-link" href=${screen ? "#screen" : "#case"} onClick=${(event) => (event.preventDefault(), workspace.focus(screen ? "screen" : "case"))}>${t("skip")}</a>
    <${Trouble} workspace=${workspace} />
    <${Rail} workspace=${workspace} />
    <main class="workspace-main">
      <h1 class="said">${t("title.plain")}</h1>
      ${screen ? html`<${Screen} key=${screen} workspace=${workspace} name=${screen} />` : html`<${VisitorList} workspace=${workspace} /><${Middle} workspace=${workspace} item=${item} />`}
    </main>
    ${item && html`<${ContextPane} workspace=${workspace} item=${item} />`}
    <${Window} workspace=${workspace} item=${item} />
    <${Notices} notices=${workspace.notices}><${HandedOverNotices} workspace=${workspace} /><${AnsweredNotices} workspace=${workspace} /><//>
  </div>`;
}

/** @param {{ workspace: Workspace, item?: Visitor | null }} props */
function Middle({ workspace, item }) {
  const key = workspace.selected.value;
  const onlooker = isBrowsing(key) && workspace.browsing.item(/** @type {string} */ (key));
  if (onlooker) return html`<${BrowsingPane} key=${key} workspace=${workspace} item=${onlooker} />`;
  return item
    ? html`<${ConversationPane} key=${item.uid} workspace=${workspace} item=${item} />`
    : html`<${Welcome} workspace=${workspace} />`;
}

/** @type {Record<string, object>} */
const WINDOWS = { keys: KeySheet, alerts: AlertsDialog, palette: Palette };
/** @type {Record<string, object>} */
const CONVERSATION_WINDOWS = {
  transfer: TransferDialog,
  snooze: SnoozeDialog,
  block: BlockDialog,
  return: ReturnDialog,
};

/** @param {{ workspace: Workspace, item?: Visitor | null }} props */
function Window({ workspace, item }) {
  const name = workspace.window.value;
  const Shown = name && (WINDOWS[name] ?? (item && CONVERSATION_WINDOWS[name]));
  return Shown ? html`<${Shown} workspace=${workspace} item=${item} onClose=${workspace.closeWindow} />` : null;
}

/**
 * @param {Workspace} workspace
 * @param {KeyboardEvent} event
 */
function act(workspace, event) {
  if (workspace.window.peek()) return; // an open window has the keyboard to itself
  if (writesAhead(workspace, event)) return;
  const wish = meant(event);
  if (!wish) return;
  if (wish !== "escape") event.preventDefault();
  if (wish === "escape") escape(workspace);
  else if (wish === "next" || wish === "previous") workspace.step(wish === "next" ? 1 : -1, event.altKey);
  else commands(workspace)[wish]?.run();
}

/**
 * @param {Workspace} workspace
 * @param {KeyboardEvent} event
 */
function writesAhead(workspace, event) {
  const uid = workspace.writesSoon;
  const writes = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!uid || !writes || (event.target instanceof Element && event.target.closest("input, textarea"))) return false;
  event.preventDefault();
  workspace.conversations.draft(uid).value += event.key;
  return true;
}

/** @param {Workspace} workspace */
function escape(workspace) {
  if (workspace.drawer.peek()) workspace.closeDrawer();
  else workspace.focus("list");
}
