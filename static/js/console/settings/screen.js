/** Settings: the whole shop's for administrators, one's own canned replies for everybody. */

import { html, useEffect, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { get } from "../../api.js";
import { learn, shop } from "../../shop.js";
import { Colours } from "./colours.js";
import { Replies } from "./replies.js";
import { Retention } from "./retention.js";
import { ShopSection } from "./shop.js";
import { Team } from "./team.js";

/** @import { Desk } from "../desk.js" */

/** @param {{ desk: Desk }} props */
export default function Settings({ desk }) {
  const known = useSettings();
  const all = known === "ready" && desk.isBoss();
  return html`<header class="screen-head"><h2>${t("rail.settings")}</h2></header>
    <div class="screen-body settings" aria-busy=${known === "loading"}>
      ${known === "failed" && html`<p class="trouble" role="alert">${t("error.unreachable")}</p>`}
      ${all && html`<div class="settings-column"><${ShopSection} desk=${desk} /><${Colours} desk=${desk} /><${Retention} desk=${desk} /></div>`}
      <div class="settings-column"><${Replies} desk=${desk} />${all && html`<${Team} desk=${desk} />`}</div>
    </div>`;
}

/** A page is served with what visitors may know; the stream, or this question, brings the rest. */
function useSettings() {
  const [failed, fail] = useState(false);
  const ready = shop.value.version !== undefined;
  useEffect(() => {
    if (!ready) get("/v1/shop?as=agent").then(learn, () => fail(true));
  }, []);
  return ready ? "ready" : failed ? "failed" : "loading";
}
