/** A file of ours that is on its way: what it is, how far it is, and how to stop or repeat it. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { Words } from "../../components/words.js";
import { Preview } from "./preview.js";
import { sizeOf } from "../size.js";

/** @import { Upload } from "./upload.js" */

/** @param {{ upload: Upload }} props */
export function UploadBubble({ upload }) {
  const { file, content, how } = upload;
  const failed = upload.stage.value === "failed";
  return html`<div class="bubble-row" data-mine="true" data-leads="true" data-note=${how.note ? "" : undefined}>
    <div class="bubble-side">
      <div class="bubble upload" data-pending=${failed ? "failed" : "sending"} role="group" aria-label=${file.name}>
        <span class="upload-file" data-picture=${file.type.startsWith("image/") ? "" : undefined}><${Preview} file=${file} /><span class="upload-name"><bdi>${file.name}</bdi><small>${sizeOf(file.size)}</small></span></span>
        ${content && html`<${Words} text=${content} />`}
        ${!failed && html`<progress class="upload-bar" aria-label=${t("files.progress")} value=${upload.part.value} max="1"></progress>`}
        <span class="bubble-foot">${failed ? html`<${Failed} upload=${upload} />` : html`<${Going} upload=${upload} />`}</span>
      </div>
    </div>
  </div>`;
}

/** @param {{ upload: Upload }} props */
const Failed = ({ upload }) =>
  html`<span role="alert">${upload.trouble.value}</span>
    ${!upload.final.value && html`<button type="button" onClick=${() => upload.retry()}>${t("thread.retry")}</button>`}
    <button type="button" onClick=${() => upload.cancel()}>${t("thread.discard")}</button>`;

/** @param {{ upload: Upload }} props */
function Going({ upload }) {
  const part = Math.round(upload.part.value * 100);
  return html`<span>${stage(upload, part)}</span>
    <button type="button" onClick=${() => upload.cancel()}>${t("files.cancel")}</button>`;
}

/**
 * @param {Upload} upload
 * @param {number} part Per cent.
 */
function stage(upload, part) {
  if (upload.stage.value === "sending") return part < 100 ? `${part} %` : t("files.checked");
  if (upload.stage.value === "pausing") return t("files.pausing");
  return t(upload.stage.value === "preparing" ? "files.preparing" : "files.waiting");
}
