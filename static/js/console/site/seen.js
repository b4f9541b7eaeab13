/** Where the chat was seen last, in words. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { ago } from "../clock.js";
import { widget } from "./document.js";

/** @import { Widget } from "../../types.d.ts" */

/**
 * Where a site was seen, newest first: `[origin, at]`. One with `*.` is many.
 * @param {Widget["seen"]} seen
 * @param {string} [site]
 */
export function seenAt(seen, site) {
  const [scheme, host = ""] = (site ?? "").split("://");
  const here = (/** @type {string} */ origin) =>
    !site ||
    origin === site ||
    (host.startsWith("*.") && origin.startsWith(`${scheme}://`) && origin.endsWith(host.slice(1)));
  return Object.entries(seen)
    .filter(([origin]) => here(origin))
    .sort(([, one], [, other]) => Date.parse(other) - Date.parse(one));
}

export function SeenLast() {
  const [last] = seenAt(widget.value?.seen ?? {});
  // a screen reader is told that it came, and not each minute how long ago that was
  return html`<p class="site-seen" data-seen=${last ? "" : undefined}>
      <i></i><span>${last ? t("site.seen", { site: last[0], time: ago(last[1]) }) : t("site.unseen")}</span>
    </p>
    <p class="said" role="status">${last && t("site.seen.on", { site: last[0] })}</p>`;
}
