/** What becomes of the files that were chosen. */

import { batch, signal } from "../../lib.js";
import { t } from "../../i18n.js";
import { random } from "../../random.js";
import { sizeOf } from "../size.js";

/** @import { Takes } from "../../types.d.ts" */
/** @import { Attachments } from "../attachments.js" */

/**
 * Adds those that can be sent.
 * @param {Attachments} attachments
 * @param {File[]} files
 * @param {number} most Bytes that the server takes.
 */
export function choose({ items, trouble }, files, most) {
  const fit = files.filter((file) => !unfit(file, most));
  trouble.value = files.map((file) => unfit(file, most)).find(Boolean) ?? "";
  items.value = [...items.peek(), ...fit.map((file) => ({ key: random(9), file, caption: signal("") }))];
}

/**
 * A single file has the text for its caption; several come behind it, each with its own. False, and all of it stays,
 * where the conversation takes nothing yet.
 * @param {Attachments} attachments
 * @param {Takes} conversation
 * @param {string} text
 * @param {{ note?: boolean, replyTo?: number }} how
 */
export function sendAll({ items, trouble }, conversation, text, { note, replyTo }) {
  const chosen = items.peek();
  const alone = chosen.length === 1;
  /** @type {{ content: string, file?: File }[]} */
  const parts = chosen.map(({ file, caption }) => ({ file, content: alone ? text : caption.peek().trim() }));
  if (text && !alone) parts.unshift({ content: text });
  for (const [n, { content, file }] of parts.entries()) {
    const how = { note, replyTo: n ? undefined : replyTo }; // the first of them answers what is quoted
    const taken = file ? conversation.attach(file, content, how) : conversation.send(content, how);
    if (taken === false) return false;
  }
  batch(() => {
    items.value = [];
    trouble.value = "";
  });
  return true;
}

/**
 * Why a file cannot be sent, or "". A picture is made smaller first.
 * @param {File} file
 * @param {number} most Bytes.
 * @param {boolean} [ready] Whether that was done.
 */
export function unfit({ name, size: bytes, type }, most, ready = false) {
  if (!bytes) return t("files.empty", { name }); // as is a folder that was dropped
  if (bytes <= most || (!ready && type.startsWith("image/"))) return "";
  return t("files.too_large", { name, limit: sizeOf(most) });
}
