/** A visitor in a list of many: a press opens their conversation. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { moment } from "../../time.js";
import { nameOf } from "../../names.js";
import { Avatar } from "../../components/avatar.js";
import { linked } from "../../components/words.js";
import { called } from "../called.js";
import { EmailMark, Mark } from "../components/mark.js";
import { silence } from "../components/visitor_row.js";

/** @import { Key, Marks, Status, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @type {Record<Status, Key>} */
const STATUS_WORDS = {
  here: "status.here",
  waiting: "status.waiting",
  held: "status.held",
  snoozed: "status.snoozed",
  resolved: "status.resolved",
  blocked: "status.blocked",
};

/**
 * `marks`: where in their names it stands, if somebody was sought.
 * @param {{ workspace: Workspace, item: Visitor, marks?: Marks }} props
 */
export function Person({ workspace, item, marks = {} }) {
  const live = workspace.liveList.row(item.uid)?.value ?? item; // what the stream knows is newer than the page
  const shown = live.called ?? called(live);
  return html`<button type="button" class="everybody-row" onClick=${() => workspace.lookup.visit(item.uid)}>
    <span class="visitor-row-face" data-online=${live.online ? "" : undefined}><${Avatar} name=${nameOf(live)} /></span>
    <span class="everybody-who"><span><bdi>${marked(shown, shown.indexOf(item.name), marks.name)}</bdi> <${Mark} item=${live} /></span>${
      marks.nickname && !marks.name && html`<bdi class="quiet">${marked(item.nickname, 0, marks.nickname)}</bdi>`
    }${live.email && html`<bdi class="quiet">${marked(live.email, 0, live.email === item.email ? marks.email : undefined)} <${EmailMark} item=${live} /></bdi>`}${(live.tags ?? []).map((label) => html`<bdi key=${label} class="tag">${label}</bdi>`)}</span>
    <span class="everybody-line quiet"><bdi>${live.last?.content ?? silence(live)}</bdi></span>
    <span class="everybody-time quiet">${t(STATUS_WORDS[live.status])} · ${live.online ? t("row.online") : moment(live.left_at ?? live.enter_at)}</span>
  </button>`;
}

/**
 * The text, with a span marked that is told from `at` on.
 * @param {string} text
 * @param {number} at
 * @param {[number, number]} [span]
 */
function marked(text, at, span) {
  return span && at >= 0 ? linked(text, [], text.length, [at + span[0], at + span[1]]) : text;
}
