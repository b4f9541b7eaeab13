/** One message: stored, or still on its way. */

import { html } from "../lib.js";
import { t } from "../i18n.js";
import { talk } from "../talk/chunk.js";
import { clock } from "../time.js";
import { Avatar, faceOf } from "./avatar.js";
import { FileBox } from "./file.js";
import { Words } from "./words.js";

/** @import { Content, FilesOf, Key, Message, Note, Person, Signal, Unsent } from "../types.d.ts" */
/** @import { Outbox } from "../outbox.js" */

/** @type {Record<"sending" | "stored" | "read", { words: Key, path: string }>} */
const TICKS = {
  sending: { words: "tick.sending", path: "M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z" },
  stored: { words: "tick.stored", path: "m5 13 4.5 4.5L19 7.5" },
  read: { words: "tick.read", path: "m2 13 4.5 4.5L16 7.5M12 16.5l1 1L22.5 7.5" },
};

/** Why a text was refused, by code. @type {Record<string, Key>} */
const REFUSALS = {
  not_yours: "failed.not_yours",
  fenced: "failed.not_yours",
  too_long: "failed.too_long",
  blocked: "failed.blocked",
  bad_file: "failed.bad_file",
};

/** @param {{ kind: keyof typeof TICKS }} props */
function Tick({ kind }) {
  return html`<svg class="tick" data-tick=${kind} viewBox="0 0 24 24" width="15" height="15" role="img" aria-label=${t(TICKS[kind].words)}>
    <path d=${TICKS[kind].path} />
  </svg>`;
}

/**
 * `who`: what the author is called. `leads`: the first of a group by one author. `tick`: "stored" or "read" for our own, else empty. `note`: what it is called, if it is one.
 * `open`, `onToggle`: whether a long one is unfolded. `called(user)`: what others are called; `answers(note)`: the draft of
 * what is answered, to a note if it is one. `below`: what stands under it.
 * @param {{
 *   entry: Message | Note,
 *   conversation: FilesOf,
 *   called: (user: Person) => string,
 *   answers?: (note: boolean) => Signal<string>,
 *   who: string,
 *   mine: boolean,
 *   leads?: boolean,
 *   tick?: "stored" | "read" | false,
 *   note?: string,
 *   below?: Content,
 *   open: boolean,
 *   onToggle: (button: HTMLElement) => void,
 * }} props
 */
export function Bubble({ entry, conversation, called, answers, who, mine, leads, tick, note, below, open, onToggle }) {
  return html`<div class="bubble-row" data-mine=${mine} data-leads=${leads} data-note=${note ? "" : undefined} data-seq=${entry.seq}>
    ${!mine && html`<span class="bubble-face">${leads && html`<${Avatar} name=${who} face=${faceOf(entry.user.uid)} />`}</span>`}
    <div class="bubble-side">
      ${note && html`<span class="bubble-who">${note} · <bdi>${who}</bdi></span>`}
      ${leads && !mine && html`<bdi class="bubble-who">${who}</bdi>`}
      <div class="bubble" data-file=${entry.file && ""} data-big=${big(entry)}>
        ${quote(entry, conversation, called)}
        ${entry.file && html`<${FileBox} file=${entry.file} conversation=${conversation} />`}
        ${entry.content && html`<${Words} text=${entry.content} open=${open} onToggle=${onToggle} />`}
        <span class="bubble-foot"><time datetime=${entry.msg_time}>${clock(entry.msg_time)}</time>${tick && html`<${Tick} kind=${tick} />`}</span>
      </div>
      ${answers && talk.value && html`<${talk.value.Quote} entry=${entry} conversation=${conversation} called=${called} answers=${answers} />`}
      ${below}
    </div>
  </div>`;
}

/**
 * What it answers; until that can be shown, the room for it.
 * @param {Pick<Unsent, "reply_to">} said
 * @param {FilesOf} conversation
 * @param {(user: Person) => string} called
 */
const quote = ({ reply_to: seq }, conversation, called) =>
  seq &&
  (talk.value
    ? html`<${talk.value.Quoted} seq=${seq} conversation=${conversation} called=${called} />`
    : html`<i class="quote"></i>`);

/** A few emoji by themselves are large. @param {Pick<Unsent, "content" | "file">} said */
const big = ({ content, file }) => (!file && talk.value?.isEmojiAlone(content) ? "" : undefined);

/**
 * A message of ours that the server has not acknowledged; a refused one keeps its text and says why.
 * @param {{ item: Unsent, conversation: FilesOf & { outbox: Outbox }, called: (user: Person) => string }} props
 */
export function Pending({ item, conversation, called }) {
  const { outbox } = conversation;
  return html`<div class="bubble-row" data-mine="true" data-leads="true" data-note=${item.note ? "" : undefined}>
    <div class="bubble-side">
      <div class="bubble" data-pending=${item.failed ? "failed" : "sending"} data-file=${item.file && ""} data-big=${big(item)}>
        ${quote(item, conversation, called)}
        ${item.file && html`<${FileBox} file=${item.file} conversation=${conversation} />`}
        ${item.content && html`<${Words} text=${item.content} />`}
        <span class="bubble-foot">
          ${
            item.failed
              ? html`<span role="alert">${t(REFUSALS[item.failed] ?? "failed.other")}</span>
                <button type="button" onClick=${() => outbox.retry(item.key)}>${t("thread.retry")}</button>
                <button type="button" onClick=${() => outbox.drop(item.key)}>${t("thread.discard")}</button>`
              : html`<${Tick} kind="sending" />`
          }
        </span>
      </div>
    </div>
  </div>`;
}
