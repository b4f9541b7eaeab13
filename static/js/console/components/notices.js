/** Short sentences at the foot of the page: what was done, or why it was not. They leave by themselves. */

import { html, signal } from "../../lib.js";
import { t } from "../../i18n.js";
import { Icon } from "./icons.js";

/** @import { Content, Signal } from "../../types.d.ts" */

const NOTICE_TIMES_MS = { done: 5_000, trouble: 9_000 };
const MOST_NOTICES = 3;

export function createNotices() {
  /** @type {Signal<{ id: number, text: string, kind: keyof typeof NOTICE_TIMES_MS }[]>} */
  const list = signal([]);
  let last = 0;
  /** @param {number} id */
  const drop = (id) => (list.value = list.value.filter((notice) => notice.id !== id));
  /**
   * @param {string} text
   * @param {keyof typeof NOTICE_TIMES_MS} [kind]
   */
  const say = (text, kind = "done") => {
    const id = ++last;
    list.value = [...list.value.filter((notice) => notice.text !== text), { id, text, kind }].slice(-MOST_NOTICES);
    setTimeout(drop, NOTICE_TIMES_MS[kind], id);
  };
  return { list, say, drop };
}

/** Those, below what stays (`children`). @param {{ notices: ReturnType<typeof createNotices>, children: Content }} props */
export function Notices({ notices, children }) {
  return html`<div class="notices" role="status" aria-live="polite">
    ${children}
    ${notices.list.value.map(
      ({ id, text, kind }) => html`<p key=${id} class="notice" data-kind=${kind}>
        <span dir="auto">${text}</span>
        <button type="button" class="icon-button" aria-label=${t("done.dismiss")} onClick=${() => notices.drop(id)}><${Icon} name="close" /></button>
      </p>`,
    )}
  </div>`;
}
