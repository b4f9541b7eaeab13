/** Above the field, while its visitor is away: where an answer goes. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { byMail } from "../by_mail.js";
import { addressOf } from "../context/address.js";
import { reachOf } from "../reach.js";
import { Icon } from "./icons.js";

/** @import { Key, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */
/** @import { Reach } from "../reach.js" */

/** @type {Record<Reach, Key>} */
const WORDS = {
  none: "reach.none",
  vouched: "reach.mail",
  agreed: "reach.mail",
  unasked: "reach.unasked",
  bounced: "reach.bounced",
  stopped: "reach.stopped",
};

/** @param {{ workspace: Workspace, item: Visitor }} props */
export function ReachLine({ workspace, item }) {
  if (!byMail || item.online) return null;
  const reach = reachOf(item);
  const goes = WORDS[reach] === "reach.mail";
  const change = () => {
    workspace.drawer.value = matchMedia("(width < 1100px)").matches; // where the pane is one
    workspace.focus(addressOf(item));
  };
  return html`<p class="reach" role="status" data-reach=${reach}>
    <${Icon} name=${goes ? "mail" : "info"} /><span>${t(WORDS[reach], { name: item.called, email: item.email ?? "" })}</span>
    ${!goes && reach !== "stopped" && html`<button type="button" onClick=${change}>${t(item.email ? "reach.change" : "reach.add")}</button>`}
  </p>`;
}
