/** Delivery: what waits to go out of the shop, what could not be delivered and why; to be tried again, or given up. */

import { html, useElement, useState } from "../../lib.js";
import { post } from "../../api.js";
import { plural, reason, t } from "../../i18n.js";
import { useAskedAgain } from "../asked_again.js";
import { Icon } from "../components/icons.js";
import { Section, useAsked } from "../settings/controls.js";
import { Failed, Waiting } from "./rows.js";
import { State } from "./state.js";

/** @import { Key, Lane, Outgoing, Ref } from "../../types.d.ts" */
/** @import { Again } from "../asked_again.js" */
/** @import { Workspace } from "../workspace.js" */

const LOOK_INTERVAL_MS = 5_000; // what is tried again has its outcome about as soon as that

/** @param {{ workspace: Workspace }} props */
export default function Delivery({ workspace }) {
  const boss = workspace.isBoss();
  /** @type {Again<Outgoing>} */
  const [known, failed, load] = useAskedAgain("/v1/delivery?as=agent", LOOK_INTERVAL_MS, boss);
  const [said, say] = useState("");
  const [asking, asked] = useAsked();
  /** @type {Ref<HTMLElement>} */
  const body = useElement();
  /**
   * @param {"retry" | "give_up"} verb
   * @param {string} lane
   * @param {Key} words
   */
  const act = async (verb, lane, words) => {
    say("");
    try {
      const { found } = await post(`/v1/delivery/${verb}?as=agent`, { lane });
      say(t(found ? words : "delivery.over"));
    } catch (error) {
      workspace.notices.say(reason(error), "trouble");
    }
    await load();
    if (document.activeElement === document.body) body.current?.focus(); // the button that was pressed may be gone
  };
  const doing = {
    /** @param {string} lane */
    retry: (lane) => act("retry", lane, "delivery.retried"),
    /** @param {Lane} lane @param {string} name */
    giveUp: ({ lane, endpoint }, name) =>
      asking({
        title: t("delivery.give_up.title", { name }),
        text: t(endpoint === "mail" ? "delivery.give_up.text" : "delivery.give_up.team"),
        does: t("delivery.give_up"),
        run: () => act("give_up", lane, "delivery.given_up"),
      }),
    /** @param {string} uid */
    open: (uid) => workspace.lookup.visit(uid),
  };
  return html`<header class="screen-head site-head">
      <button type="button" class="icon-button" aria-label=${t("site.back")} onClick=${() => workspace.go("settings")}><${Icon} name="back" /></button>
      <h2>${t("rail.delivery")}</h2>
    </header>
    <div ref=${body} tabindex="-1" class="screen-body settings delivery" aria-busy=${boss && !known && !failed}>
      ${!boss && html`<p class="quiet">${t("delivery.admins")}</p>`}
      ${Boolean(failed) && html`<p class="trouble" role="alert">${t("error.unreachable")}</p>`}
      ${
        known &&
        html`<div class="settings-column">
        <p class="quiet">${t("delivery.lead")}</p>
        <${State} workspace=${workspace} known=${known} />
        <p class="settings-state" role="status">${said}</p>
        ${
          known.lanes.length > 0 &&
          html`<${Section} name="waiting" title=${t("delivery.waiting")} lead=${t("delivery.waiting.lead")}>
          <ul class="settings-rows">${known.lanes.map((lane) => html`<${Waiting} key=${lane.lane} lane=${lane} doing=${doing} />`)}</ul>
          <${More} count=${known.more_lanes} />
        <//>`
        }
        ${
          known.dead.length > 0 &&
          html`<${Section} name="failed" title=${t("delivery.failed")} lead=${t("delivery.failed.lead")}>
          <ul class="settings-rows">${known.dead.map((dead) => html`<${Failed} key=${dead.lane} dead=${dead} doing=${doing} />`)}</ul>
          <${More} count=${known.more_dead} />
        <//>`
        }
      </div>`
      }
      ${asked}
    </div>`;
}

/** How many there are beside those that are shown. @param {{ count: number }} props */
const More = ({ count }) => (count > 0 ? html`<p class="quiet">${plural("delivery.more", count)}</p>` : null);
