/** The files above the field: each as it looks, what it is called, its own caption where there are several, and away with it. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { Preview } from "./preview.js";
import { sizeOf } from "../size.js";

/** @import { Attached, FieldEvent } from "../../types.d.ts" */
/** @import { Attachments } from "../attachments.js" */

/** @param {{ attachments: Attachments }} props */
export function Tray({ attachments }) {
  const items = attachments.items.value;
  return html`<ul class="tray" aria-label=${t("files.tray")}>
    ${items.map((item) => html`<${Row} key=${item.key} item=${item} several=${items.length > 1} remove=${() => remove(attachments, item)} />`)}
  </ul>`;
}

/**
 * @param {Attachments} attachments
 * @param {Attached} item
 */
function remove({ items, trouble }, item) {
  items.value = items.peek().filter((one) => one !== item);
  trouble.value = "";
}

/** @param {{ item: Attached, several: boolean, remove: () => void }} props */
function Row({ item: { file, caption }, several, remove }) {
  return html`<li>
    <${Preview} file=${file} />
    <span class="tray-text">
      <span class="tray-name"><bdi>${file.name}</bdi> <span class="tray-size">${sizeOf(file.size)}</span></span>
      ${
        several &&
        html`<input class="field tray-caption" dir=${caption.value ? "auto" : undefined} autocomplete="off" aria-label=${t("files.captionOf", { name: file.name })} placeholder=${t("files.caption")} value=${caption.value} onInput=${(/** @type {FieldEvent} */ event) => (caption.value = event.currentTarget.value)} />`
      }
    </span>
    <button type="button" class="tray-remove" aria-label=${t("files.remove", { name: file.name })} title=${t("files.remove", { name: file.name })} onClick=${remove}>
      <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="M6 6l12 12M18 6 6 18" /></svg>
    </button>
  </li>`;
}
