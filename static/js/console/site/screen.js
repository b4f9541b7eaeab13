/** Put it on your site: the tag, the sites that may show the chat, its look, and what it asks first; with a preview. */

import { html, useEffect, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { Icon } from "../components/icons.js";
import { Beacons } from "./beacons.js";
import { WIDGET, widget } from "./document.js";
import { Entries } from "./entries.js";
import { Look } from "./look.js";
import { Preview } from "./preview.js";
import { Quick } from "./quick.js";
import { Rating } from "./rating.js";
import { Sites } from "./sites.js";
import { Tag } from "./tag.js";
import { Triggers } from "./triggers.js";

/** @import { Workspace } from "../workspace.js" */

const LOOK_INTERVAL_MS = 5_000; // a page that was just opened is said to have been seen within a moment

/** @param {{ workspace: Workspace }} props */
export default function Site({ workspace }) {
  const boss = workspace.isBoss();
  const failed = useWidget(boss);
  const known = boss && widget.value !== null;
  return html`<header class="screen-head site-head">
      <button type="button" class="icon-button" aria-label=${t("site.back")} onClick=${() => workspace.go("settings")}><${Icon} name="back" /></button>
      <h2>${t("rail.site")}</h2>
    </header>
    <div class="screen-body settings site" aria-busy=${boss && !known && !failed}>
      ${!boss && html`<p class="quiet">${t("site.admins")}</p>`}
      ${boss && failed && !known && html`<p class="trouble" role="alert">${t("error.unreachable")}</p>`}
      ${
        known &&
        html`<div class="settings-column"><${Tag} /><${Sites} /><${Look} workspace=${workspace} /></div>
        <${Preview} workspace=${workspace} />
        <div class="settings-column"><${Quick} workspace=${workspace} /><${Entries} workspace=${workspace} /><${Triggers} workspace=${workspace} /><${Rating} workspace=${workspace} /><${Beacons} workspace=${workspace} /></div>`
      }
    </div>`;
}

/**
 * Asks how it stands, and from time to time again, as it says where the chat was seen. Returns whether that failed.
 * @param {boolean} may
 */
function useWidget(may) {
  const [failed, fail] = useState(false);
  useEffect(() => {
    if (!may) return undefined;
    const load = () =>
      WIDGET.load().then(
        () => fail(false),
        () => fail(true),
      );
    load();
    const timer = setInterval(() => document.hidden || load(), LOOK_INTERVAL_MS);
    return () => clearInterval(timer);
  }, []);
  return failed;
}
