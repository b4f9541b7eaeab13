/** A page of what administrators decide about the chat on the shop's own site, as soon as the server has said it. */

import { html, useEffect, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { Icon } from "../components/icons.js";
import { WIDGET, widget } from "./document.js";

/** @import { Content, Widget } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const LOOK_INTERVAL_MS = 5_000; // a page that was just opened is said to have been seen within a moment

/**
 * `back` names the screen `to` which one goes back; `children` draws what is known.
 * @param {{ workspace: Workspace, title: string, back: string, to: string, class?: string, children: (known: Widget) => Content }} props
 */
export function Page({ workspace, title, back, to, class: more = "", children }) {
  const boss = workspace.isBoss();
  const failed = useWidget(boss);
  const known = boss && widget.value;
  return html`<header class="screen-head site-head">
      <button type="button" class="icon-button" aria-label=${back} onClick=${() => workspace.go(to)}><${Icon} name="back" /></button>
      <h2>${title}</h2>
    </header>
    <div class=${`screen-body settings ${more}`} aria-busy=${boss && !known && !failed}>
      ${!boss && html`<p class="quiet">${t("site.admins")}</p>`}
      ${boss && failed && !known && html`<p class="trouble" role="alert">${t("error.unreachable")}</p>`}
      ${known && children(known)}
    </div>`;
}

/**
 * Asks how it stands, and from time to time again, as it says where the chat was seen and when a key was used. Returns
 * whether that failed.
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
