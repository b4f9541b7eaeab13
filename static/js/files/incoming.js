/** Files that come without a button: pasted, or dropped anywhere on the page. */

import { t } from "../i18n.js";

/** @param {DragEvent} event */
const carries = (event) => event.dataTransfer?.types.includes("Files");

/** A file that is dropped where none is taken must not open in the place of the page. */
addEventListener("dragover", (event) => {
  if (!carries(event) || !event.dataTransfer) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "none";
});

/**
 * `take(files)` is given what is dropped on the page, or pasted into the form, which shows where the files would go.
 * Returns how to stop.
 * @param {HTMLElement} form
 * @param {(files: File[]) => void} take
 */
export function incoming(form, take) {
  const away = () => delete form.dataset.drop;
  /** @param {DragEvent} event */
  const over = (event) => {
    if (!carries(event) || !event.dataTransfer) return;
    event.dataTransfer.dropEffect = "copy";
    form.dataset.drop = t("files.drop");
  };
  /** @param {DragEvent} event */
  const left = (event) => event.relatedTarget || away(); // null: out of the window
  /** @param {DragEvent} event */
  const drop = (event) => {
    away();
    if (!carries(event) || !event.dataTransfer) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  };
  /** @param {ClipboardEvent} event */
  const paste = (event) => {
    if (!event.clipboardData) return;
    const { files, types } = event.clipboardData;
    // an office program puts a picture of it beside the text that was copied
    const text = types.includes("text/plain") && (types.includes("text/html") || types.includes("text/rtf"));
    if (!files.length || text) return;
    event.preventDefault();
    take([...files]);
  };
  const stop = new AbortController();
  const { signal } = stop;
  addEventListener("dragover", over, { signal });
  addEventListener("dragleave", left, { signal });
  addEventListener("drop", drop, { signal });
  form.addEventListener("paste", paste, { signal });
  return () => {
    stop.abort();
    away();
  };
}
