/** A visitor in the list. Paints itself when its own visitor, the draft or the selection changes, and only then. */

import { html, useComputed } from "../../lib.js";
import { gist } from "../../gist.js";
import { t, plural } from "../../i18n.js";
import { nameOf } from "../../names.js";
import { Avatar, Face, faceOf } from "../../components/avatar.js";
import { Called } from "./called.js";
import { brief, briefly, lateness, minutes, seconds, since } from "../clock.js";
import { owedSince } from "../groups.js";
import { writersOf } from "../writers.js";

/** @import { Named, Signal, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ uid: string, workspace: Workspace, stop: boolean }} props */
export function VisitorRow({ uid, workspace, stop }) {
  const row = /** @type {Signal<Visitor>} */ (workspace.liveList.row(uid)); // it outlives its place on the list
  const chosen = useComputed(() => workspace.selected.value === uid);
  const urgent = useComputed(() => lateness(row.value));
  const time = useComputed(() => timeOf(row.value));
  const item = row.value;
  const writing = useComputed(() => writingWords(writersOf(row).who.value, row.value, workspace)).value;
  const draft = chosen.value ? "" : workspace.draft(uid);
  const unread = workspace.unread(item);
  const tags = item.tags ?? [];
  const given = workspace.handOvers.isUnseen(item) && item.handed_over;
  return html`<li class="visitor-row" data-uid=${uid} data-urgency=${urgent} data-gone=${item.gone ? "" : undefined}>
    <button
      type="button"
      class="visitor-row-button"
      aria-current=${chosen.value ? "true" : undefined}
      tabindex=${stop ? 0 : -1}
      onClick=${() => workspace.open(uid, { focus: true })}
    >
      <span class="visitor-row-face" data-online=${item.online ? "" : undefined}><${Avatar} name=${nameOf(item)} /></span>
      <span class="visitor-row-top">
        <span class="visitor-row-name"><${Called} item=${item} /></span>
        <span class="said">, ${t(item.online ? "row.online" : "row.offline")}, ${owedSince(item) ? t(item.holder ? "row.owed" : "row.waits") : ""}</span>
        <time class="visitor-row-time">${time}</time>
      </span>
      ${tags.length > 0 && html`<span class="visitor-row-tags">${tags.map((label) => html`<bdi key=${label} class="tag">${label}</bdi>`)}</span>`}
      <span class="visitor-row-bottom">
        <span class="visitor-row-line" data-draft=${draft ? "" : undefined}>${writing && html`<bdi class="visitor-row-writing" aria-hidden="true">${writing}</bdi>`}<bdi>${draft ? t("row.draft", { text: draft }) : lineOf(item, workspace)}</bdi></span>
        ${given ? html`<span class="visitor-row-holder" data-given="">${t("row.given", { by: given.by.nickname })}</span>` : item.holder && html`<${Holder} holder=${item.holder} mine=${workspace.isMine(item)} />`}
        ${unread > 0 && html`<span class="pill"><span aria-hidden="true">${unread > 99 ? "99+" : unread}</span><span class="said">, ${plural("row.unread", unread)}</span></span>`}
      </span>
    </button>
  </li>`;
}

/** @param {Visitor} item */
function timeOf(item) {
  if (item.status === "snoozed" && item.snoozed_until)
    return brief(Math.max(0, Date.parse(item.snoozed_until) - minutes.value));
  const owed = owedSince(item);
  if (owed) return brief(since(owed, seconds.value));
  const moment = item.online || item.holder ? (item.last?.msg_time ?? item.enter_at) : item.left_at;
  return moment ? briefly(since(moment, minutes.value)) : "";
}

/**
 * Of somebody in whose own conversation nothing was said yet.
 * @param {Visitor} item
 */
export const silence = ({ linked }) => t(linked?.length ? "row.linked" : "row.silent");

/**
 * @param {Visitor} item
 * @param {Workspace} workspace
 */
function lineOf(item, workspace) {
  if (!item.last) return silence(item);
  const { by, user } = item.last;
  const text = gist(item.last);
  if (by === "visitor") return text;
  return user.uid === workspace.me.uid ? t("row.you", { text }) : t("row.they", { name: user.nickname, text });
}

/**
 * That the visitor writes, or who of the team; "" while nobody else does than we ourselves.
 * @param {string[]} by
 * @param {Visitor} item
 * @param {Workspace} workspace
 */
function writingWords(by, item, workspace) {
  if (by.includes(item.uid)) return t("row.writing");
  const agent = by.length && workspace.colleagues.value.find(({ uid }) => by.includes(uid));
  return agent ? t("row.writing.they", { name: agent.nickname }) : "";
}

/** @param {{ holder: Named, mine: boolean }} props */
function Holder({ holder, mine }) {
  return html`<span class="said">, ${t("row.with")} </span>
    <span class="visitor-row-holder" data-mine=${mine ? "" : undefined}><${Face} id=${faceOf(holder.uid)} class="visitor-row-agent" /><bdi>${mine ? t("context.you") : holder.nickname}</bdi></span>`;
}
