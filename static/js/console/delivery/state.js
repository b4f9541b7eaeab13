/** How delivery stands as a whole: in one line, and with what is wrong where something is. */

import { html } from "../../lib.js";
import { plural, t } from "../../i18n.js";
import { Icon } from "../components/icons.js";
import { CHANNELS, when } from "./rows.js";

/** @import { Outgoing } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, known: Outgoing }} props */
export function State({ workspace, known }) {
  const { by_mail: may, waiting, oldest, dead, breakers } = known;
  if (!may)
    return html`<div class="delivery-state" data-how="off">
      <p><${Icon} name="mail" />${t("delivery.off")}</p>
      <button type="button" class="button button-main" onClick=${() => workspace.go("mail")}>${t("delivery.off.open")}</button>
    </div>`;
  const words = waiting
    ? `${plural("delivery.state.waiting", waiting)} ${oldest ? t("delivery.state.oldest", { time: when(oldest) }) : ""}`
    : t(dead.length ? "delivery.state.rest" : "delivery.state.none");
  return html`<div class="delivery-state" data-how=${breakers.length ? "down" : waiting ? "waiting" : "well"}>
    ${breakers.map(
      ({ endpoint, since, reason }) => html`<div key=${endpoint} class="delivery-down">
      <p><b>${t("delivery.down", { channel: t(CHANNELS[endpoint] ?? "delivery.channel.other") })}</b></p>
      <p>${t("delivery.down.since", { time: when(since) })}</p>
      ${reason && html`<p class="delivery-said"><bdi dir="ltr">${reason}</bdi></p>`}
      <button type="button" class="button" onClick=${() => workspace.go("mail")}>${t("delivery.down.look")}</button>
    </div>`,
    )}
    <p role="status"><${Icon} name=${waiting ? "clock" : "check"} />${words}</p>
  </div>`;
}
