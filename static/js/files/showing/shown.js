/** What shows a file in a thread: a picture that can be opened, something to play, or a card to save it by. */

import { html, useEffect, useRef } from "../../lib.js";
import { t } from "../../i18n.js";
import { putOn } from "../../sheets.js";
import { Card } from "./card.js";
import { SHEET } from "./sheet.js";
import { come, useFile } from "./use_file.js";
import { openViewer } from "./viewer.js";

/** @import { FileInfo, FilesOf } from "../../types.d.ts" */
/** @import { Kind } from "../../gist.js" */

const SMALL_PX = 96; // a picture of which not even so much is to be seen is not stretched

export { openViewer };

putOn(document, SHEET);

/** @typedef {{ file: FileInfo, conversation: FilesOf }} Props */

/** @param {Props & { kind: Kind }} props */
export function Shown({ file, kind, conversation }) {
  if (kind === "image") return html`<${Picture} file=${file} conversation=${conversation} />`;
  return html`${kind !== "other" && html`<${Player} kind=${kind} file=${file} conversation=${conversation} />`}
    <${Card} file=${file} as=${conversation.as} />`;
}

/** @param {Props} props */
function Picture({ file, conversation }) {
  const { address, failed, again, onError } = useFile(file.id, conversation.as);
  const close = useRef(() => {});
  useEffect(() => () => close.current(), []); // whose thread is gone, is not shown either
  if (failed) return html`<${Failed} onAgain=${again} />`;
  const open = () => (close.current = openViewer(file, conversation));
  const isSmall = Math.min(file.width ?? 0, file.height ?? 0) < SMALL_PX;
  return html`<button type="button" class="file-picture" data-small=${isSmall ? "" : undefined} aria-haspopup="dialog" onClick=${open}>
    ${address && html`<img src=${address} alt=${file.name} width=${file.width} height=${file.height} loading="lazy" decoding="async" draggable=${false} onLoad=${come} onError=${onError} />`}
  </button>`;
}

/** @param {Props & { kind: Kind }} props */
function Player({ kind, file, conversation }) {
  const { address, failed, again, onError } = useFile(file.id, conversation.as);
  if (failed) return html`<${Failed} onAgain=${again} />`;
  if (!address) return null;
  return html`<${kind} class="file-player" controls playsinline preload="metadata" src=${address} aria-label=${file.name} onError=${onError}></${kind}>`;
}

/**
 * It is not there any more, is of a kind that this browser does not know, or did not come.
 * @param {{ onAgain: () => void }} props
 */
function Failed({ onAgain }) {
  return html`<button type="button" class="file-failed" onClick=${onAgain}>${t("file.failed")}</button>`;
}
