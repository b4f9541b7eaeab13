/** A file by its name and size; a press saves it. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { useSave } from "./save.js";
import { sizeOf } from "../size.js";

/** @import { FileInfo, Side } from "../../types.d.ts" */

const LONGEST_EXTENSION = 5; // letters that there is room for

/** @param {{ file: FileInfo, as: Side }} props */
export function Card({ file: { id, name, size }, as }) {
  const [save, trouble] = useSave(id, as);
  const [, extension = ""] = /\.([a-z0-9]+)$/i.exec(name) ?? [];
  return html`<button type="button" class="file-card" title=${name} onClick=${save}>
    <span class="file-sign" aria-hidden="true">${extension.length > LONGEST_EXTENSION ? "" : extension.toUpperCase()}</span>
    <span class="file-words">
      <bdi class="file-name">${name}</bdi>
      <bdi class="file-size">${trouble || sizeOf(size)}</bdi>
    </span>
    <span class="said">${t("file.save")}</span>
    <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M12 4v11m-5-5 5 5 5-5M5 20h14" /></svg>
  </button>
  <p class="said" role="alert">${trouble}</p>`;
}
