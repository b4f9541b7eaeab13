/** A file by its name and size; a press saves it. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { useSave } from "./save.js";
import { extensionOf, sizeOf } from "../size.js";

/** @import { FileInfo, Side } from "../../types.d.ts" */

/** @param {{ file: FileInfo, as: Side }} props */
export function Card({ file: { id, name, size }, as }) {
  const [save, trouble] = useSave(id, as);
  return html`<button type="button" class="file-card" title=${name} onClick=${save}>
    <span class="file-sign" aria-hidden="true">${extensionOf(name)}</span>
    <span class="file-words">
      <bdi class="file-name">${name}</bdi>
      <bdi class="file-size">${trouble || sizeOf(size)}</bdi>
    </span>
    <span class="said">${t("file.save")}</span>
    <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M12 4v11m-5-5 5 5 5-5M5 20h14" /></svg>
  </button>
  <p class="said" role="alert">${trouble}</p>`;
}
