/** What is known of the visitor, block by block, and who of the team is there; a drawer where there is little room. */

import { html, useEffect, useElement } from "../../lib.js";
import { t } from "../../i18n.js";
import { Icon } from "../components/icons.js";
import { Address } from "./address.js";
import { Attributes } from "./attributes.js";
import { Entered } from "./entered.js";
import { Files } from "./files.js";
import { LinkedChats } from "./linked.js";
import { Notes } from "./notes.js";
import { Now } from "./now.js";
import { Past } from "./past.js";
import { Status } from "./status.js";
import { Tags } from "./tags.js";
import { Team } from "./team.js";
import { Trail } from "./trail.js";
import { Who } from "./who.js";

/** @import { Ref, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const BLOCKS = [Status, Now, Trail, Address, Attributes, Entered, Tags, Notes, Files, Past, LinkedChats, Team];

/** @param {{ workspace: Workspace, item: Visitor }} props */
export function ContextPane({ workspace, item }) {
  /** @type {Ref<HTMLElement>} */
  const pane = useElement();
  const open = workspace.drawer.value;
  useEffect(() => {
    /** @type {HTMLElement | null} */
    const close = pane.current.querySelector(".context-close");
    if (open && !pane.current.contains(document.activeElement)) close?.focus(); // it may be opened for a field in it
  }, [open]);
  return html`${open && html`<div class="context-veil" onClick=${workspace.closeDrawer}></div>`}<aside ref=${pane} class="context" aria-label=${t("context.label")} data-open=${open ? "" : undefined}>
    <button type="button" class="icon-button context-close" aria-label=${t("case.details.close")} onClick=${workspace.closeDrawer}><${Icon} name="close" /></button>
    <${Known} key=${item.uid} workspace=${workspace} item=${item} />
  </aside>`;
}

/** Of one visitor: made anew for the next. @param {{ workspace: Workspace, item: Visitor }} props */
function Known({ workspace, item }) {
  return html`<${Who} item=${item} />
    ${BLOCKS.map((Block) => html`<${Block} workspace=${workspace} item=${item} />`)}`;
}
