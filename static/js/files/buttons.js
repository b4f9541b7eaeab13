/** The buttons beside the field that ask for files; the camera's where there is nothing but fingers. */

import { html, useElement } from "../lib.js";
import { t } from "../i18n.js";

/** @import { FieldEvent, Key, Ref } from "../types.d.ts" */

/** What browsers offer to choose from. It begins with JPEG and names no HEIC, so that iPhones give JPEG. */
const KINDS =
  "image/jpeg,image/png,image/webp,image/gif,audio/*,video/*,application/pdf,text/plain,.csv,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.odt,.ods,.odp,.zip";
const CLIP =
  "m20.5 11.5-8.6 8.6a5.5 5.5 0 0 1-7.8-7.8l8.6-8.6a3.7 3.7 0 0 1 5.2 5.2l-8.6 8.6a1.8 1.8 0 0 1-2.6-2.6l7.9-7.9";
const CAMERA =
  "M4 8h3.5L9 5.5h6L16.5 8H20a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1Zm8 8.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z";

/** @param {{ take: (files: File[]) => void }} props */
export const FileButtons = ({ take }) =>
  html`<${FileButton} words="files.attach" path=${CLIP} take=${take} kinds=${KINDS} />
    <${FileButton} words="files.camera" path=${CAMERA} take=${take} kinds="image/jpeg" capture="environment" />`;

/** @param {{ words: Key, path: string, take: (files: File[]) => void, kinds: string, capture?: string }} props */
function FileButton({ words, path, take, kinds, capture }) {
  /** @type {Ref<HTMLInputElement>} */
  const input = useElement();
  /** @param {FieldEvent} event */
  const chosen = ({ currentTarget: field }) => {
    take([...(field.files ?? [])]);
    field.value = ""; // else the same one could not be chosen again
  };
  return html`<button type="button" class="composer-tool" data-camera=${capture && ""} aria-label=${t(words)} title=${t(words)} onClick=${() => input.current.click()}>
      <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d=${path} /></svg>
    </button><input ref=${input} type="file" hidden multiple=${!capture} accept=${kinds} capture=${capture} onChange=${chosen} />`;
}
