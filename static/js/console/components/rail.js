/** The strip at the edge: where we are, alerts, keys, who I am. On a phone it lies at the foot of the list. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { Avatar, faceOf } from "../../components/avatar.js";
import { Menu } from "../../components/menu.js";
import { soundOn } from "../prefs.js";
import { SCREENS, screensFor } from "../screens.js";
import { Icon } from "./icons.js";

/** @import { Agent, Key } from "../../types.d.ts" */
/** @import { Act } from "../../components/menu.js" */
/** @import { Workspace } from "../workspace.js" */
/** @import { IconName } from "./icons.js" */

/** @type {Record<Agent["role"], Key>} */
export const ROLE_WORDS = { admin: "rail.role.admin", agent: "rail.role.agent" };

/** @param {{ workspace: Workspace }} props */
export function Rail({ workspace }) {
  const count = workspace.needsMe.value;
  const screen = workspace.screen.value;
  const asleep = soundOn.value && !workspace.audible.value;
  const bell = t(asleep ? "rail.alerts.asleep" : "rail.alerts");
  return html`<header class="rail" aria-label=${t("rail.label")}>
    <${RailButton} icon="visitors" label=${t("rail.visitors")} current=${!screen} onClick=${() => (screen ? workspace.go(null) : workspace.close({ focus: true }))} count=${count} />
    ${screensFor(workspace.me)
      .filter((name) => !SCREENS[name].within)
      .map(
        (name) =>
          html`<${RailButton} key=${name} icon=${SCREENS[name].icon} label=${t(SCREENS[name].words)} current=${screen && (SCREENS[screen].within ?? screen) === name} onClick=${() => workspace.go(name)} />`,
      )}
    <span class="rail-gap"></span>
    <${RailButton} icon=${soundOn.value ? "bell" : "bellOff"} label=${bell} dot=${asleep} onClick=${() => workspace.show("alerts")} />
    <${RailButton} icon="keys" label=${t("rail.keys")} onClick=${() => workspace.show("keys")} />
    <${Account} workspace=${workspace} />
  </header>`;
}

/** @param {{ icon: IconName, label: string, current?: boolean, count?: number, dot?: boolean, onClick: () => void }} props */
function RailButton({ icon, label, current, count = 0, dot, onClick }) {
  return html`<button type="button" class="rail-button" data-icon=${icon} title=${label} aria-current=${current ? "page" : undefined} onClick=${onClick}>
    <${Icon} name=${icon} /><span class="said">${label}</span>
    ${count > 0 && html`<span class="rail-count">${count > 99 ? "99+" : count}</span>`}
    ${dot && html`<span class="rail-dot"></span>`}
  </button>`;
}

/** @param {{ workspace: Workspace }} props */
function Account({ workspace }) {
  const { me } = workspace;
  const accepting = workspace.accepting.value;
  const trigger = {
    class: "rail-button rail-account",
    "aria-label": t(accepting ? "rail.account" : "rail.account.away", { name: me.nickname }),
    title: me.nickname,
    "data-away": accepting ? undefined : "",
  };
  return html`<${Menu} name="account" trigger=${trigger} face=${html`<${Avatar} name=${me.nickname} face=${faceOf(me.uid)} />`}>
    ${(/** @type {Act} */ act) => html`
      <p><bdi>${me.nickname}</bdi><span class="quiet">${t(ROLE_WORDS[me.agent_role ?? "agent"])}</span></p>
      <button type="button" role="switch" class="menu-item switch-item" aria-checked=${accepting} onClick=${() => workspace.actions.setAccepting(!accepting)}><i></i>${t("rail.accepting")}</button>
      <button type="button" class="menu-item" onClick=${act(() => workspace.go("settings"))}><${Icon} name="settings" />${t("rail.you")}</button>
      <button type="button" class="menu-item" onClick=${workspace.logout}><${Icon} name="leave" />${t("rail.logout")}</button>
    `}
  <//>`;
}
