/** What asks for a quote of a message: a button beside it, seen where somebody points, touched or came by the keyboard. */

import { computed, html } from "../lib.js";
import { t } from "../i18n.js";
import { gist } from "../gist.js";
import { isSaid } from "../history.js";
import { authorOf } from "./author.js";
import { quoteOf } from "./tray.js";

/** @import { Computed, Message, Note, Person, Signal } from "../types.d.ts" */
/** @import { Conversation } from "../conversation.js" */

/** @type {WeakMap<Conversation, Computed<number>>} */
const newest = new WeakMap();

/** The newest that can be quoted: by Tab one comes to its button, and from there by the arrows to those above. @param {Conversation} conversation */
function newestOf(conversation) {
  const { entries } = conversation.history;
  const known =
    newest.get(conversation) ?? computed(() => entries.value.filter((entry) => isSaid(entry)).at(-1)?.seq ?? 0);
  newest.set(conversation, known);
  return known.value;
}

/**
 * `answers(note)`: the draft of what is answered to a message, or to a note.
 * @param {{ entry: Message | Note, conversation: Conversation, called: (user: Person) => string, answers: (note: boolean) => Signal<string> }} props
 */
export function Quote({ entry, conversation, called, answers }) {
  const { seq, user, kind } = entry;
  const ask = () => {
    quoteOf(answers(kind === "note")).value = { seq, who: authorOf(user, conversation.me, called), line: gist(entry) };
  };
  return html`<button type="button" class="bubble-quote" tabindex=${seq === newestOf(conversation) ? 0 : -1} aria-label=${t("quote.do")} title=${t("quote.do")} onClick=${ask} onKeyDown=${walk}>
    <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="M9 14l-5-5 5-5M4 9h10a6 6 0 0 1 0 12h-3" /></svg>
  </button>`;
}

/** From one to the next. @param {KeyboardEvent & { currentTarget: HTMLElement }} event */
function walk(event) {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!by) return;
  event.preventDefault();
  /** @type {NodeListOf<HTMLElement> | undefined} */
  const all = event.currentTarget.closest(".thread")?.querySelectorAll(".bubble-quote");
  const at = [...(all ?? [])].indexOf(event.currentTarget);
  all?.[at + by]?.focus();
}

/** Where nothing hovers, a touch of a message shows its button, and one elsewhere hides it. @param {Pick<Event, "target">} event */
export function reveal({ target }) {
  for (const row of document.querySelectorAll(".bubble-row[data-touched]")) row.removeAttribute("data-touched");
  if (target instanceof Element) target.closest(".bubble-row")?.setAttribute("data-touched", "");
}
addEventListener("click", reveal);
