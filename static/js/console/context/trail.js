/** The pages that a visitor has looked at, newest first, where they agreed that the shop may know. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { clock } from "../../time.js";
import { Block } from "./block.js";
import { Few } from "./few.js";
import { PageLink } from "./page_link.js";

/** @import { Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, item: Pick<Visitor, "context"> }} props */
export function Trail({ workspace, item }) {
  const pages = [...(item.context?.pages ?? [])].reverse();
  if (!pages.length) return null;
  return html`<${Block} workspace=${workspace} name="trail" title=${t("context.trail")}>
    <${Few} class="trail" of=${pages.map(
      ({ page, title, at }) =>
        html`<li key=${at}><time class="quiet" datetime=${at}>${clock(at)}</time><${PageLink} page=${page} title=${title} /></li>`,
    )} />
  <//>`;
}
