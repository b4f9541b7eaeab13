/** The files that go with what is being written: chosen, and not sent yet. They live as long as the page. */

import { signal } from "../lib.js";
import { t } from "../i18n.js";
import { load, putting } from "./chunk.js";

/** @import { Attached, Signal, Takes } from "../types.d.ts" */
/** @import { Upload } from "./putting/upload.js" */

export class Attachments {
  /** @type {Signal<Attached[]>} */
  items = signal([]);
  /** Why what was chosen last is not among them. */
  trouble = signal("");

  /**
   * @param {File[]} files
   * @param {number} most Bytes that the server takes.
   */
  add = (files, most) =>
    load().then(
      ({ choose }) => choose(this, files, most),
      () => (this.trouble.value = t("files.unloaded")),
    );

  /**
   * Sends a text with these. False, and all of it stays, where the conversation takes nothing yet.
   * @param {Takes} conversation
   * @param {string} text
   * @param {{ note?: boolean, replyTo?: number }} [how]
   */
  send(conversation, text, how = {}) {
    const chosen = this.items.peek().length > 0 && putting.peek();
    return chosen ? chosen.sendAll(this, conversation, text, how) : conversation.send(text, how);
  }

  /**
   * Has again what was on its way.
   * @param {Signal<Upload[]>} uploads
   */
  takeBack(uploads) {
    const files = uploads.peek().map(({ key, file, content }) => ({ key, file, caption: signal(content) }));
    for (const upload of uploads.peek()) upload.cancel();
    this.items.value = [...files, ...this.items.peek()];
  }
}
