/** The pages that a visitor has looked at, newest first, where the shop may know them. */

import { html, useEffect, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { get } from "../../api.js";
import { moment } from "../../time.js";
import { briefly, minutes, since } from "../clock.js";
import { Block } from "./block.js";
import { Few } from "./few.js";
import { PageLink } from "./page_link.js";

/** @import { Visited, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, item: Pick<Visitor, "context"> & { uid?: string } }} props */
export function Trail({ workspace, item: { uid = "", context } }) {
  const [asked, set] = useState(/** @type {Visited[]} */ ([]));
  const incomplete = uid && context && !context.pages; // of everybody on the list they would be too many
  useEffect(() => {
    if (!incomplete) return undefined;
    let over = false;
    get(`/v1/visitors/${encodeURIComponent(uid)}?as=agent`).then(
      (/** @type {Visitor} */ now) => over || set(now.context?.pages ?? []),
      () => {}, // what is shown stays; the next page they turn to asks again
    );
    return () => (over = true);
  }, [uid, incomplete, context?.page]);
  const pages = [...(context?.pages ?? asked)].reverse();
  if (!pages.length) return null;
  return html`<${Block} workspace=${workspace} name="trail" title=${t("context.trail")}>
    <${Few} class="trail" of=${pages.map(
      ({ page, title, at }) => html`<li key=${at}>
        <${PageLink} page=${page} title=${title} />
        <time class="quiet" datetime=${at} title=${moment(at)}>${briefly(since(at, minutes.value))}</time>
      </li>`,
    )} />
  <//>`;
}
