/** What the team has noted: each leads to its place, and another one is written from here. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { gist } from "../../gist.js";
import { moment } from "../../time.js";
import { commands } from "../commands.js";
import { Icon } from "../components/icons.js";
import { Block } from "./block.js";
import { Few } from "./few.js";
import { jump } from "./jump.js";
import { Further, usePages } from "./pages.js";

/** @import { Entry, Note, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, item: Visitor }} props */
export function Notes({ workspace, item: { uid } }) {
  const said = workspace.conversations.get(uid).history.entries.value.filter(isNote);
  const { all, further } = usePages(workspace, `/v1/conversations/${uid}/notes`, said);
  const write = () => {
    workspace.drawer.value = false;
    commands(workspace).note.run();
  };
  const beside = html`<button type="button" class="icon-button" aria-label=${t("key.note")} title=${t("key.note")} onClick=${write}><${Icon} name="plus" /></button>`;
  return html`<${Block} workspace=${workspace} name="notes" title=${t("context.notes")} beside=${beside}>
    <${Few} class="notes" of=${all.map(
      (note) => html`<li key=${note.seq}>
        <button type="button" onClick=${() => jump(workspace, uid, note.seq)}>
          <span class="few-text" dir="auto">${gist(note)}</span>
          <small><bdi>${note.user.nickname}</bdi> · ${moment(note.msg_time)}</small>
        </button>
      </li>`,
    )} />
    <${Further} onPress=${further} />
  <//>`;
}

/**
 * @param {Entry} entry
 * @returns {entry is Note}
 */
const isNote = (entry) => entry.kind === "note";
