/** Somebody who browses, in the list: which page, from where, and since when. */

import { html, useComputed } from "../../lib.js";
import { t } from "../../i18n.js";
import { briefly, minutes, since } from "../clock.js";
import { bare } from "../context/page_link.js";
import { named, timeIn } from "../place.js";
import { Icon } from "./icons.js";

/** @import { Onlooker } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ of: string, workspace: Workspace, stop: boolean }} props */
export function BrowsingRow({ of: key, workspace, stop }) {
  const item = workspace.browsing.row(key)?.value;
  const chosen = useComputed(() => workspace.selected.value === key);
  if (!item) return null;
  const { invited, visible, gone } = item;
  return html`<li class="visitor-row" data-uid=${key} data-gone=${gone ? "" : undefined}>
    <button
      type="button"
      class="visitor-row-button"
      aria-current=${chosen.value ? "true" : undefined}
      tabindex=${stop ? 0 : -1}
      onClick=${() => workspace.open(key, { focus: true })}
    >
      <span class="visitor-row-face" data-online=${visible && !gone ? "" : undefined}><span class="avatar browsing-face"><${Icon} name="eye" /></span></span>
      <span class="visitor-row-top">
        <span class="visitor-row-name"><bdi>${titleOf(item)}</bdi></span>
        <span class="said">, ${t(gone ? "row.offline" : visible ? "browsing.visible" : "browsing.hidden")},</span>
        <time class="visitor-row-time">${briefly(since(item.since ?? "", minutes.value))}</time>
      </span>
      <span class="visitor-row-bottom">
        <span class="visitor-row-line"><bdi>${placeOf(item)}</bdi></span>
        ${invited && html`<span class="said">, </span><span class="visitor-row-holder" data-mine=${invited.by.uid === workspace.me.uid ? "" : undefined}>${t("browsing.greeted")}</span>`}
      </span>
    </button>
  </li>`;
}

/**
 * The title of the page that they look at, or its address.
 * @param {Onlooker} [item]
 */
export const titleOf = (item) => item?.context?.title || bare(item?.context?.page ?? "");

/** @param {Onlooker} item */
function placeOf({ context: { country = "", tz = "" } = {}, browser = "" }) {
  const place = [country && named("region", country), tz && timeIn(tz)].filter(Boolean);
  return place.length ? place.join(" · ") : browser;
}
