/** Above the list, what customers find: whether the shop is open, and whether anybody of the team takes conversations. */

import { html } from "../../lib.js";
import { plural, t } from "../../i18n.js";
import { Avatar, faceOf } from "../../components/avatar.js";
import { Menu } from "../../components/menu.js";
import { shop } from "../../shop.js";
import { standing } from "../desk.js";
import { Icon } from "./icons.js";

/** @import { Agent } from "../../types.d.ts" */
/** @import { Act } from "../../components/menu.js" */
/** @import { Workspace } from "../workspace.js" */

/** Nothing where it would say what everybody takes for granted. @param {{ workspace: Workspace }} props */
export function DeskLine({ workspace }) {
  const here = workspace.liveList.agents.value.filter((agent) => agent.online);
  const taking = here.filter((agent) => agent.accepting).length;
  if (!workspace.liveList.loaded.value || (!shop.value.hours && taking)) return null;
  const { open, words } = standing();
  const who = taking ? plural("desk.taking", taking) : t("desk.nobody");
  const said = shop.value.hours ? `${words} · ${who}` : who;
  return html`<${Menu} name="desk" trigger=${{ class: "desk-line", "data-open": open && taking ? "" : undefined }} face=${html`<i aria-hidden="true"></i><span>${said}</span><${Icon} name="chevron" />`}>
    ${(/** @type {Act} */ act) => html`
      <p>${!open && t(taking ? "desk.read.overtime" : "desk.read.closed")}${open && t(taking ? "desk.read.here" : "desk.read.nobody")}</p>
      <ul>${here.map((agent) => html`<${Person} key=${agent.uid} agent=${agent} isMe=${agent.uid === workspace.me.uid} />`)}</ul>
      ${workspace.isBoss() && html`<button type="button" class="menu-item" onClick=${act(() => workspace.go("hours"))}><${Icon} name="clock" />${t("rail.hours")}</button>`}
    `}
  <//>`;
}

/** @param {{ agent: Agent, isMe: boolean }} props */
function Person({ agent, isMe }) {
  return html`<li><${Avatar} name=${agent.nickname} face=${faceOf(agent.uid)} /><span><bdi>${agent.nickname}</bdi>${isMe && ` ${t("settings.team.you")}`}</span><span class="quiet">${t(agent.accepting ? "desk.takes" : "desk.takesNone")}</span></li>`;
}
