/** The files of a conversation: a picture is opened, any other is shown where it was sent. */

import { html, useEffect, useRef } from "../../lib.js";
import { loadChunk } from "../../chunk.js";
import { extensionOf, sizeOf } from "../../files/size.js";
import { kindOf } from "../../gist.js";
import { t } from "../../i18n.js";
import { moment } from "../../time.js";
import { Block } from "./block.js";
import { Few } from "./few.js";
import { jump } from "./jump.js";
import { Further, usePages } from "./pages.js";

/** @import { Entry, SentFile, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, item: Visitor }} props */
export function Files({ workspace, item: { uid } }) {
  const conversation = workspace.conversations.get(uid);
  const said = conversation.history.entries.value.flatMap(sentWith);
  const { all, further } = usePages(workspace, `/v1/conversations/${uid}/files`, said);
  const close = useRef(() => {});
  useEffect(() => () => close.current(), []); // whose conversation is no longer up is not shown either
  /** @param {SentFile} file */
  const open = async (file) => {
    if (kindOf(file) !== "image") return jump(workspace, uid, file.seq);
    try {
      const { openViewer } = await loadChunk(() => import("../../files/showing/shown.js"));
      close.current = openViewer(file, conversation);
    } catch {
      jump(workspace, uid, file.seq); // where the same is said, and may be tried again
    }
  };
  if (!all.length) return null;
  return html`<${Block} workspace=${workspace} name="files" title=${t("context.files")}>
    <${Few} class="sent-files" of=${all.map(
      (file) => html`<li key=${file.seq}>
        <button type="button" title=${file.name} onClick=${() => open(file)}>
          <span class="sent-sign" aria-hidden="true">${extensionOf(file.name)}</span>
          <span class="sent-words"><bdi>${file.name}</bdi><small>${detailsOf(file)}</small></span>
        </button>
      </li>`,
    )} />
    <${Further} onPress=${further} />
  <//>`;
}

/**
 * @param {Entry} entry
 * @returns {SentFile[]}
 */
function sentWith({ file, seq, kind, msg_time, user }) {
  return file
    ? [{ ...file, seq, note: kind === "note", at: msg_time, by: user.role === "visitor" ? "visitor" : "agent" }]
    : [];
}

/** @param {SentFile} file */
function detailsOf({ size, at, note }) {
  return [sizeOf(size), moment(at), note && t("note.name")].filter(Boolean).join(" · ");
}
