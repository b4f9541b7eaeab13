/** What is known of the visitor, and who of the team is there. What is not known is not mentioned. */

import { html, useEffect, useElement } from "../../lib.js";
import { t } from "../../i18n.js";
import { moment } from "../../time.js";
import { nameOf } from "../../names.js";
import { Avatar } from "../../components/avatar.js";
import { brief, minutes, seconds, since } from "../clock.js";
import { owedSince } from "../groups.js";
import { Entered, isUnverified } from "./entered.js";
import { Icon } from "./icons.js";
import { Past } from "./past.js";
import { Tags } from "./tags.js";

/** @import { Key, Ref, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, item: Visitor }} props */
export function ContextPane({ workspace, item }) {
  /** @type {Ref<HTMLElement>} */
  const pane = useElement();
  const open = workspace.drawer.value;
  useEffect(() => {
    /** @type {HTMLElement | null} */
    const close = pane.current.querySelector(".context-close");
    if (open) close?.focus();
  }, [open]);
  return html`${open && html`<div class="context-veil" onClick=${workspace.closeDrawer}></div>`}<aside ref=${pane} class="context" aria-label=${t("context.label")} data-open=${open ? "" : undefined}>
    <button type="button" class="icon-button context-close" aria-label=${t("case.details.close")} onClick=${workspace.closeDrawer}><${Icon} name="close" /></button>
    <div class="context-who">
      <span class="visitor-row-face" data-online=${item.online ? "" : undefined}><${Avatar} name=${nameOf(item)} /></span>
      <h2><bdi>${item.called}</bdi></h2>
      <p class="quiet">${presence(item)}</p>
      ${isUnverified(item) && html`<p class="unverified"><${Icon} name="unsure" />${t("entered.unverified")}</p>`}
    </div>
    <dl class="facts">
      ${facts(item, workspace).map(([name, value]) => html`<div key=${name}><dt>${t(name)}</dt><dd><bdi>${value}</bdi></dd></div>`)}
    </dl>
    <${Entered} item=${item} />
    <${Tags} workspace=${workspace} item=${item} />
    <${Past} key=${item.uid} workspace=${workspace} item=${item} />
    <${Team} workspace=${workspace} />
  </aside>`;
}

/** @param {Visitor} item */
export function presence(item) {
  if (item.online) return t("case.here");
  return item.left_at ? t("case.left", { time: ago(item.left_at) }) : t("row.offline");
}

/** @param {string} text */
function ago(text) {
  const ms = since(text, minutes.value);
  return ms < 60_000 ? t("time.long.now") : t("time.long.ago", { time: brief(ms) });
}

/**
 * @param {Visitor} item
 * @param {Workspace} workspace
 * @returns {[name: Key, value: string][]}
 */
function facts(item, workspace) {
  const owed = owedSince(item);
  /** @type {[Key, string | false | null | undefined][]} */
  const known = [
    [item.holder ? "context.owed" : "context.waiting", owed && brief(since(owed, seconds.value))],
    ["context.snoozed", item.status === "snoozed" && item.snoozed_until && moment(item.snoozed_until)],
    ["context.holder", item.holder && (workspace.isMine(item) ? t("context.you") : item.holder.nickname)],
    ["context.since", item.online && item.enter_at && moment(item.enter_at)],
    ["context.leftAt", !item.online && item.left_at && moment(item.left_at)],
    ["context.firstSeen", item.first_seen && moment(item.first_seen)],
    ["context.page", item.page],
    ["context.browser", item.browser],
  ];
  return known.flatMap(([name, value]) => (value ? [[name, value]] : []));
}

/** @param {{ workspace: Workspace }} props */
function Team({ workspace }) {
  const agents = workspace.liveList.agents.value;
  if (agents.length < 2) return null;
  return html`<section class="team" aria-labelledby="team">
    <h3 id="team">${t("context.team")}</h3>
    <ul>
      ${agents.map(
        (agent) => html`<li key=${agent.uid} data-online=${agent.online && agent.accepting ? "" : undefined}>
          <i></i><span class="team-name"><bdi>${agent.nickname}</bdi></span><span class="quiet">${t(agent.online ? (agent.accepting ? "context.team.online" : "context.team.away") : "context.team.offline")}</span>
        </li>`,
      )}
    </ul>
  </section>`;
}
