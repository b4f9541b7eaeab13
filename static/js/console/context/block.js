/** A part of the pane, under a heading that folds it away. */

import { html } from "../../lib.js";
import { Icon } from "../components/icons.js";
import { fold, isFolded } from "./folds.js";

/** @import { Content } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */
/** @import { IconName } from "../components/icons.js" */

/**
 * `sign`: what the heading begins with; `beside`: what may be done without unfolding it.
 * @param {{ workspace: Workspace, name: string, title: string, sign?: IconName, beside?: Content, children?: Content }} props
 */
export function Block({ workspace, name, title, sign, beside, children }) {
  const { uid } = workspace.me;
  const folded = isFolded(uid, name);
  const id = `context-${name}`;
  return html`<section class="block" data-block=${name} aria-labelledby=${id}>
    <div class="block-head">
      <h3><button type="button" id=${id} aria-expanded=${!folded} aria-controls=${`${id}-body`} onClick=${() => fold(uid, name, !folded)}>${sign && html`<${Icon} name=${sign} />`}<span>${title}</span><${Icon} name="chevron" /></button></h3>
      ${beside}
    </div>
    <div class="block-body" id=${`${id}-body`} hidden=${folded}>${children}</div>
  </section>`;
}
