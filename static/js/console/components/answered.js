/** Who wrote after we had greeted them, and has nobody yet: offered at the foot of the page. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { Icon } from "./icons.js";

/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export function AnsweredNotices({ workspace }) {
  const { answered } = workspace.browsing;
  const waiting = workspace.liveList.of(answered.value).filter(({ status }) => status === "waiting");
  return waiting
    .filter(({ uid }) => uid !== workspace.selected.value)
    .map(
      ({ uid, called: name }) => html`<div key=${uid} class="notice" data-kind="given">
        <p><span>${t("browsing.answered", { name })}</span></p>
        <button type="button" class="notice-open" onClick=${() => workspace.open(uid, { focus: true })}>${t("given.open")}</button>
        <button type="button" class="icon-button" aria-label=${t("done.dismiss")} onClick=${() => (answered.value = answered.value.filter((one) => one !== uid))}><${Icon} name="close" /></button>
      </div>`,
    );
}
