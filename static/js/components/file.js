/**
 * The place of a file in a thread: from the first moment on as large as what will be shown there, so that nothing moves.
 * What shows it (files/showing/shown.js) is loaded where there is a file.
 */

import { html, signal, useEffect } from "../lib.js";
import { isStale, loadChunk } from "../chunk.js";
import { kindOf } from "../gist.js";

/** @import { FileInfo, FilesOf, Signal } from "../types.d.ts" */

/** CSS pixels: of the longer side of a picture, and at least, so that what stands beneath it has room, too. */
const MOST_PX = 320;
const LEAST = { width: 200, height: 96 };

const Shown = signal(/** @type {typeof import("../files/showing/shown.js").Shown | null} */ (null));
/** What kept that from coming: the names of files stand there, and may be pressed. @type {Signal<unknown>} */
const failure = signal(null);
/** @type {Promise<unknown> | null} */
let asked = null;

function load() {
  asked ??= loadChunk(() => import("../files/showing/shown.js")).then(
    (module) => (Shown.value = module.Shown),
    (error) => (failure.value = error),
  );
}

function again() {
  if (isStale(failure.peek())) return location.reload();
  failure.value = asked = null;
  return load();
}

/**
 * The style of the box of a picture of that many pixels.
 * @param {{ width?: number, height?: number }} size
 */
function boxOf({ width = 0, height = 0 }) {
  const scale = Math.min(1, MOST_PX / width, MOST_PX / height);
  const wide = Math.max(LEAST.width, Math.round(width * scale));
  return { width: `${wide}px`, aspectRatio: `${wide} / ${Math.max(LEAST.height, Math.round(height * scale))}` };
}

/** @param {{ file: FileInfo, conversation: FilesOf }} props */
export function FileBox({ file, conversation }) {
  useEffect(load, []);
  const kind = kindOf(file);
  return html`<div class="file" data-kind=${kind} style=${kind === "image" ? boxOf(file) : undefined}>
    ${
      Shown.value
        ? html`<${Shown.value} file=${file} kind=${kind} conversation=${conversation} />`
        : html`<button type="button" class="file-wait" disabled=${!failure.value} onClick=${again}><bdi>${file.name}</bdi></button>`
    }
  </div>`;
}
