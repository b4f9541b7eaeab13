/** The console's screen: rail, list, conversation, context, and what opens over them. */

import { html, useEffect } from "../../lib.js";
import { t } from "../../i18n.js";
import { commands } from "../commands.js";
import { meant } from "../keys.js";
import { AlertsDialog } from "./alerts_dialog.js";
import { BlockDialog } from "./block_dialog.js";
import { CasePane } from "./case_pane.js";
import { ContextPane } from "./context_pane.js";
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
/** @import { Desk } from "../desk.js" */

/** @param {{ desk: Desk }} props */
export function Console({ desk }) {
  useEffect(() => {
    /** @param {KeyboardEvent} event */
    const press = (event) => act(desk, event);
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [desk]);

  const uid = desk.selected.value;
  const screen = desk.screen.value;
  const item = !screen && uid && desk.roster.item(uid);
  return html`<div class="desk" data-open=${uid && !screen ? "" : undefined} data-context=${item ? "" : undefined} data-screen=${screen ?? undefined}>
    <a class="skip-link" href=${screen ? "#screen" : "#case"} onClick=${(event) => (event.preventDefault(), desk.focus(screen ? "screen" : "case"))}>${t("skip")}</a>
    <${Trouble} desk=${desk} />
    <${Rail} desk=${desk} />
    <main class="desk-main">
      <h1 class="said">${t("title.plain")}</h1>
      ${screen ? html`<${Screen} key=${screen} desk=${desk} name=${screen} />` : html`<${VisitorList} desk=${desk} /><${Middle} desk=${desk} item=${item} />`}
    </main>
    ${item && html`<${ContextPane} desk=${desk} item=${item} />`}
    <${Window} desk=${desk} item=${item} />
    <${Notices} notices=${desk.notices} />
  </div>`;
}

/** @param {{ desk: Desk, item?: Visitor | null }} props */
function Middle({ desk, item }) {
  return item ? html`<${CasePane} key=${item.uid} desk=${desk} item=${item} />` : html`<${Welcome} desk=${desk} />`;
}

/** @type {Record<string, object>} */
const WINDOWS = { keys: KeySheet, alerts: AlertsDialog, palette: Palette };
/** @type {Record<string, object>} */
const WINDOWS_OF_A_CASE = { transfer: TransferDialog, snooze: SnoozeDialog, block: BlockDialog, return: ReturnDialog };

/** @param {{ desk: Desk, item?: Visitor | null }} props */
function Window({ desk, item }) {
  const name = desk.window.value;
  const Shown = name && (WINDOWS[name] ?? (item && WINDOWS_OF_A_CASE[name]));
  return Shown ? html`<${Shown} desk=${desk} item=${item} onClose=${desk.closeWindow} />` : null;
}

/**
 * @param {Desk} desk
 * @param {KeyboardEvent} event
 */
function act(desk, event) {
  if (desk.window.peek()) return; // an open window has the keyboard to itself
  if (writesAhead(desk, event)) return;
  const wish = meant(event);
  if (!wish) return;
  if (wish !== "escape") event.preventDefault();
  if (wish === "escape") escape(desk);
  else if (wish === "next" || wish === "previous") desk.step(wish === "next" ? 1 : -1, event.altKey);
  else commands(desk)[wish]?.run();
}

/**
 * @param {Desk} desk
 * @param {KeyboardEvent} event
 */
function writesAhead(desk, event) {
  const uid = desk.writesSoon;
  const writes = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!uid || !writes || (event.target instanceof Element && event.target.closest("input, textarea"))) return false;
  event.preventDefault();
  desk.cases.draft(uid).value += event.key;
  return true;
}

/** @param {Desk} desk */
function escape(desk) {
  if (desk.drawer.peek()) desk.closeDrawer();
  else desk.focus("list");
}
