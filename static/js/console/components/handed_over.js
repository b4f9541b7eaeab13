/** What a colleague handed to us: told at the foot of the page until we look, and above the thread until we deal with it. */

import { html, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { briefly, minutes, since } from "../clock.js";
import { keyOf } from "../hand_overs.js";
import { Icon } from "./icons.js";

/** @import { Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */
/** @import { Conversation } from "../../conversation.js" */

const MOST_NOTICES = 3;

/** @param {{ workspace: Workspace }} props */
export function HandedOverNotices({ workspace }) {
  const [away, put] = useState(/** @type {string[]} */ ([]));
  const { unseen } = workspace.handOvers;
  const shown = unseen.value.filter((item) => item.handed_over && !away.includes(keyOf(item.uid, item.handed_over)));
  return shown.slice(0, MOST_NOTICES).map(
    ({ uid, called, handed_over: given }) =>
      given &&
      html`<div key=${keyOf(uid, given)} class="notice" data-kind="given">
        <p>
          <span>${t("given.notice", { by: given.by.nickname, name: called })}</span>
          ${given.note && html`<bdi class="notice-note" dir="auto">${given.note}</bdi>`}
        </p>
        <button type="button" class="notice-open" onClick=${() => workspace.open(uid, { focus: true })}>${t("given.open")}</button>
        <button type="button" class="icon-button" aria-label=${t("done.dismiss")} onClick=${() => put([...away, keyOf(uid, given)])}><${Icon} name="close" /></button>
      </div>`,
  );
}

/** @param {{ workspace: Workspace, item: Visitor, conversation: Conversation }} props */
export function HandedOver({ workspace, item, conversation }) {
  const given = workspace.handOvers.open(item);
  if (!given) return null;
  const event = conversation.history.entries.value.find((entry) => entry.seq === given.seq);
  const note = (event?.kind === "transferred" && event.note) || given.note;
  return html`<aside class="case-given" aria-label=${t("given.label")}>
    <div>
      <p class="quiet">${t("given.by", { by: given.by.nickname })} · ${briefly(since(given.at, minutes.value))}</p>
      ${note && html`<p class="case-given-note" dir="auto">${note}</p>`}
    </div>
    <button type="button" class="button" onClick=${() => (workspace.handOvers.dealtWith(item), workspace.focus("composer"))}>${t("given.done")}</button>
  </aside>`;
}
