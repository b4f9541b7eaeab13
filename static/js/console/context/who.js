/** Who the visitor is, and whether somebody vouches for it. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { nameOf } from "../../names.js";
import { Avatar } from "../../components/avatar.js";
import { ago } from "../clock.js";
import { MarkWords } from "../components/mark.js";

/** @import { Visitor } from "../../types.d.ts" */

/** @param {{ item: Visitor }} props */
export function Who({ item }) {
  return html`<div class="context-who">
    <span class="visitor-row-face" data-online=${item.online ? "" : undefined}><${Avatar} name=${nameOf(item)} /></span>
    <h2><bdi>${item.called}</bdi></h2>
    <${MarkWords} item=${item} />
    <p class="quiet">${presence(item)}</p>
  </div>`;
}

/** @param {Visitor} item */
export function presence(item) {
  if (item.online) return t("case.here");
  return item.left_at ? t("case.left", { time: ago(item.left_at) }) : t("row.offline");
}
