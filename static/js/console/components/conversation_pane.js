/** One conversation: head, thread, and the composer or the bar in its place. */

import { html, useEffect, useElement, useLayoutEffect, useRef } from "../../lib.js";
import { t } from "../../i18n.js";
import { Thread } from "../../components/thread.js";
import { deliveries } from "../delivery_of.js";
import { Answer } from "./answer.js";
import { ConversationHead } from "./conversation_head.js";
import { Delivered } from "./delivered.js";
import { eventWords, worthALine } from "./event_words.js";
import { HandedOver } from "./handed_over.js";

/** @import { Happening, Message, Person, Ref, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */
/** @import { Conversation } from "../../conversation.js" */

/** @param {{ workspace: Workspace, item: Visitor }} props */
export function ConversationPane({ workspace, item }) {
  const { uid, called: name } = item;
  const conversation = workspace.conversations.get(uid);
  /** @type {Ref<HTMLElement>} */
  const pane = useElement();
  const mine = workspace.isMine(item);
  useEffect(() => {
    const forget = workspace.focuses("case", () => focusInto(pane.current));
    return () => {
      forget();
      workspace.conversations.lookedAway(uid);
    };
  }, [workspace, uid]);
  const before = useRef(mine);
  useLayoutEffect(() => {
    const lostFocus = before.current !== mine && (document.activeElement ?? document.body) === document.body;
    if (lostFocus) pane.current.focus(); // what had it made way for the bar, or the bar for the composer
    before.current = mine;
  }, [mine]);
  return html`<section ref=${pane} class="case" id="case" tabindex="-1" aria-label=${t("case.label", { name })}>
    <${ConversationHead} workspace=${workspace} item=${item} />
    <${HandedOver} workspace=${workspace} item=${item} conversation=${conversation} />
    <div class="case-thread"><${Middle} workspace=${workspace} item=${item} conversation=${conversation} /></div>
    <${Answer} workspace=${workspace} item=${item} conversation=${conversation} />
  </section>`;
}

/** @param {{ workspace: Workspace, item: Visitor, conversation: Conversation }} props */
function Middle({ workspace, item, conversation }) {
  const { uid, called: name } = item;
  const mode = workspace.conversations.mode(uid);
  /** Only a note answers a note. @param {boolean} note */
  const answers = (note) => {
    if (note) mode.value = "note";
    return workspace.conversations.draft(mode.peek() === "note" ? `${uid}.note` : uid);
  };
  const state = conversation.state.value;
  /** @param {Person} user */
  const called = (user) => (isOurs(user) ? user.nickname : name);
  /** @param {Happening} event */
  const words = (event) => eventWords(event, called, (known) => workspace.lookup.follow(uid, known));
  if (state === "ready") {
    const mailed = deliveries(conversation.history.entries.value);
    /**
     * @param {Message} entry
     * @param {boolean} read
     */
    const below = (entry, read) => {
      const how = mailed(entry.seq, read);
      return how && html`<${Delivered} entry=${entry} mailed=${how} />`;
    };
    return html`<${Thread} logs=${linkedLogs(conversation)} conversation=${conversation} own=${isOurs} shows=${worthALine} words=${words} called=${called} note=${t("note.name")} answers=${workspace.isMine(item) || mode.value === "note" ? answers : undefined} below=${below} />
      ${conversation.history.entries.value.length === 0 && html`<p class="case-empty quiet">${t("case.empty")}</p>`}`;
  }
  if (state === "failed") {
    return html`<div class="case-failed" role="alert">
      <p>${t("case.failed")}</p>
      <button type="button" class="button" onClick=${conversation.reload}>${t("case.again")}</button>
    </div>`;
  }
  return html`<div class="case-skeleton" role="status" aria-label=${t("case.loading")}>${[1, 2, 3, 4].map((n) => html`<i key=${n}></i>`)}</div>`;
}

/**
 * What is linked to it, as it tells.
 * @param {Conversation} conversation
 */
const linkedLogs = ({ history }) =>
  history.entries.value.flatMap((entry) =>
    entry.kind === "linked" && entry.from && !entry.again ? { uid: String(entry.from), seq: entry.seq } : [],
  );

/** @param {Person} user */
const isOurs = (user) => user.role !== "visitor";

/**
 * To the field when we may write, else to the bar's button; on a phone a keyboard nobody asked for would be in the way.
 * @param {HTMLElement | null} pane
 */
function focusInto(pane) {
  const coarse = matchMedia("(pointer: coarse)").matches;
  /** @type {HTMLElement | null | undefined} */
  const target = coarse ? null : pane?.querySelector("textarea, .claim-bar .button");
  (target ?? pane)?.focus();
}
