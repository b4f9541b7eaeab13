/** Canned replies: "/" in the composer opens them, or a button, letters narrow them, Enter or Tab puts one in. */

import { html, useEffect, useElement, useState } from "../../lib.js";
import { t, plural } from "../../i18n.js";
import { fill } from "../replies.js";
import { Icon } from "./icons.js";

/** @import { Ref, Reply, Signal, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const MOST_SHOWN = 8; // of those that fit what was typed; before that, all
const TYPED_SHORTCUT = /(^|\s)\/([^\s/]*)$/; // the last word, when it begins with a slash

/**
 * What a composer needs of the menu: `onKey`, `aria`, and for `RepliesMenu` the rest.
 * @param {Workspace} workspace
 * @param {Visitor} item
 * @param {Signal<string>} draft
 */
export function useReplies(workspace, item, draft) {
  const [at, setAt] = useState(0);
  const [closedAt, close] = useState(/** @type {string | null} */ (null)); // the text for which Escape was pressed
  const typed = TYPED_SHORTCUT.exec(draft.value)?.[2] ?? null;
  const found = typed === null || closedAt === draft.value ? [] : matching(workspace.replies.list.value, typed);
  useEffect(() => workspace.replies.want(), [workspace]);
  useEffect(() => setAt(0), [typed]);
  const chosen = Math.min(at, found.length - 1);
  /** @param {Reply} reply */
  const words = (reply) =>
    fill(reply.text, { name: item.name, agent: workspace.me.nickname, shop: workspace.shopName() });
  /** @param {Reply} reply */
  const put = (reply) => {
    draft.value = draft.peek().replace(TYPED_SHORTCUT, (_, before) => before + words(reply));
    workspace.focus("composer");
  };
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowDown: () => setAt((chosen + 1) % found.length),
    ArrowUp: () => setAt((chosen + found.length - 1) % found.length),
    Enter: () => put(found[chosen]),
    Tab: () => put(found[chosen]),
    Escape: () => close(draft.peek()),
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const does =
      found.length && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey && keys[event.key];
    if (!does) return false;
    event.stopPropagation();
    does();
    return true;
  };
  const open = found.length > 0;
  /** For a button: as if "/" was typed, or had not been. */
  const toggle = () => {
    const text = draft.peek();
    if (!workspace.replies.list.peek().length) workspace.notices.say(t("replies.none"));
    else if (open) draft.value = text.replace(TYPED_SHORTCUT, "$1");
    else {
      const kept = text.replace(TYPED_SHORTCUT, "$1");
      close(null);
      draft.value = `${kept}${/\S$/.test(kept) ? " " : ""}/`;
    }
    workspace.focus("composer");
  };
  /** @type {Record<string, string>} */
  const aria = open
    ? { "aria-autocomplete": "list", "aria-controls": "replies", "aria-activedescendant": `reply-${found[chosen].id}` }
    : { "aria-autocomplete": "list" };
  return { found, chosen, words, put, toggle, open, onKey, aria };
}

/** @param {{ menu: ReturnType<typeof useReplies> }} props */
export function RepliesMenu({ menu }) {
  /** @type {Ref<HTMLElement>} */
  const list = useElement();
  const { found, chosen } = menu;
  useEffect(() => list.current?.children[chosen]?.scrollIntoView({ block: "nearest" }), [chosen, found.length]);
  return html`<span class="said" role="status">${found.length > 0 && plural("replies.found", found.length)}</span>
    ${
      found.length > 0 &&
      html`<ul class="replies" id="replies" role="listbox" aria-label=${t("replies.label")} ref=${list} onMouseDown=${(event) => event.preventDefault()}>
      ${found.map(
        (
          reply,
          n,
        ) => html`<li key=${reply.id} id=${`reply-${reply.id}`} role="option" aria-selected=${n === chosen} onClick=${() => menu.put(reply)}>
          <b>/${reply.shortcut}</b><span dir="auto">${menu.words(reply)}</span>
        </li>`,
      )}
    </ul>`
    }`;
}

/**
 * Shortcuts that begin so come first, then whatever holds it.
 * @param {Reply[]} replies
 * @param {string} typed
 */
function matching(replies, typed) {
  const wanted = typed.toLowerCase();
  /** @param {Reply} reply */
  const rank = ({ shortcut, text }) => {
    if (shortcut.toLowerCase().startsWith(wanted)) return 0;
    return shortcut.toLowerCase().includes(wanted) || text.toLowerCase().includes(wanted) ? 1 : 2;
  };
  return replies
    .map((reply) => ({ reply, place: rank(reply) }))
    .filter(({ place }) => place < 2)
    .sort((a, b) => a.place - b.place)
    .slice(0, typed ? MOST_SHOWN : undefined)
    .map(({ reply }) => reply);
}

/** @param {{ menu: ReturnType<typeof useReplies> }} props */
export function RepliesButton({ menu }) {
  return html`<button type="button" class="answer-mode answer-replies" aria-expanded=${menu.open} aria-controls=${menu.open ? "replies" : undefined} onMouseDown=${(event) => event.preventDefault()} onClick=${menu.toggle}><${Icon} name="replies" />${t("replies.label")}</button>`;
}
