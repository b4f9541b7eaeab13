/** Who of the team is there. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { Block } from "./block.js";

/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export function Team({ workspace }) {
  const agents = workspace.liveList.agents.value;
  if (agents.length < 2) return null;
  return html`<${Block} workspace=${workspace} name="team" title=${t("context.team")}>
    <ul class="team">
      ${agents.map(
        (agent) => html`<li key=${agent.uid} data-online=${agent.online && agent.accepting ? "" : undefined}>
          <i></i><span class="team-name"><bdi>${agent.nickname}</bdi></span><span class="quiet">${t(agent.online ? (agent.accepting ? "context.team.online" : "context.team.away") : "context.team.offline")}</span>
        </li>`,
      )}
    </ul>
  <//>`;
}
