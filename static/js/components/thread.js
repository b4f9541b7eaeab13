/** The messages of a conversation: days, groups by author, ticks that tell the truth, and the reader's place kept. */

import { html, useEffect, useElement, useLayoutEffect, useRef, useSignal } from "../lib.js";
import { t } from "../i18n.js";
import { looking, whenLooking } from "../looking.js";
import { nameOf } from "../names.js";
import { shop } from "../shop.js";
import { day, dayKey } from "../time.js";
import { load, needed, talk } from "../talk/chunk.js";
import { today } from "../today.js";
import { putting } from "../files/chunk.js";
import { linked, load as loadLinked } from "../linked/chunk.js";
import { Bubble, Pending } from "./bubble.js";

/** @import { Content, Entry, Happening, Key, Message, Person, Ref, Signal, Told } from "../types.d.ts" */

const NEAR_END_PX = 60; // pixels from the end that count as being at the end
const NEAR_TOP_PX = 200; // pixels from the top at which older history is fetched
/** @type {WeakMap<Told, { top: number, end: boolean, mark: number }>} */
const places = new WeakMap(); // conversation -> where its reader was

/**
 * `own(user)` says whose messages stand on our side; `shows(event)` which events are worth a line, and `words(event)`
 * what that line is; `called(user)` says what an author is called. `note`: what a private note is called, where there are any. `opening`, `closing`: what stands above the first entry, and below the last. `answers(note)`: the draft that may quote a message, or a note; left out where
 * nothing can be answered. `below(message, read)`: what stands under one of ours. `logs`: what is linked to it, and the seq at which it tells of that.
 * @param {{
 *   conversation: Told,
 *   own: (user: Person) => boolean,
 *   shows?: (event: Happening) => boolean,
 *   words: (event: Happening) => Content,
 *   called?: (user: Person) => string,
 *   note?: string,
 *   opening?: Content,
 *   closing?: Content,
 *   answers?: (note: boolean) => Signal<string>,
 *   below?: (message: Message, read: boolean) => Content,
 *   logs?: { uid: string, seq: number }[],
 * }} props
 */
export function Thread({
  conversation,
  own,
  shows = () => true,
  words,
  called = nameOf,
  note,
  opening,
  closing,
  answers,
  below,
  logs = [],
}) {
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  const away = useSignal(false);
  const mark = useSignal(places.get(conversation)?.mark ?? 0); // seq of the first entry under "New messages"
  const before = useRef({ first: 0, height: 0, pending: 0 });
  const entries = conversation.history.entries.value;
  const pending = conversation.outbox.items.value;
  const uploads = conversation.uploads.value;
  const waiting = pending.length + uploads.length;
  const typing = conversation.typing.who.value;
  const unfolded = conversation.unfolded.value;
  const toggled = useRef(/** @type {Element | null} */ (null)); // what folds or unfolds a message was pressed last
  const read = conversation.receipts.marks.value[conversation.as];
  const unread = entries.find((entry) => entry.type === "message" && !own(entry.user) && entry.seq > read);

  const settle = () => {
    if (!box.current) return; // the browser tells of a scroll a frame later; the thread may have gone by then
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    away.value = scrollHeight - scrollTop - clientHeight > NEAR_END_PX;
    before.current.height = scrollHeight;
    if (!away.peek() && looking()) conversation.saw(conversation.history.seen.peek());
    if (scrollTop < NEAR_TOP_PX) conversation.loadOlder();
    places.set(conversation, { top: scrollTop, end: !away.value, mark: mark.peek() });
  };
  useLayoutEffect(() => {
    const place = places.get(conversation);
    box.current.scrollTop = place && !place.end ? place.top : box.current.scrollHeight;
    settle();
    return whenever(box.current, away, settle);
  }, [conversation]);
  useLayoutEffect(() => {
    const { first, height, pending: waited } = before.current;
    const oldest = entries[0]?.seq ?? 0;
    // what comes while nobody looks, and what was there before anybody did, is new; until they answer
    if (unread && mark.peek() <= read && (!first || away.peek() || !looking())) mark.value = unread.seq;
    if (waiting > waited) mark.value = 0;
    if (first && oldest < first) box.current.scrollTop += box.current.scrollHeight - height;
    else if (!away.peek() || waiting > waited) box.current.scrollTop = box.current.scrollHeight;
    before.current = { first: oldest, height: box.current.scrollHeight, pending: waiting };
    settle();
  }, [entries, pending, uploads, typing, talk.value]);
  useEffect(() => {
    if (logs.length) loadLinked();
    if (!talk.peek() && [...entries, ...pending].some(needed)) load();
  }, [entries, pending]);

  useLayoutEffect(() => {
    toggled.current?.scrollIntoView({ block: "nearest" }); // what was above it is gone, once it is folded
    toggled.current = null;
    settle();
  }, [unfolded]);

  const target = conversation.target.value;
  useLayoutEffect(() => {
    if (!target) return;
    conversation.target.value = 0;
    show(box.current.querySelector(`:scope > [data-seq="${target}"]`));
    settle();
  }, [target, entries]);

  /**
   * @param {number} seq
   * @param {Element} button
   */
  const toggle = (seq, button) => {
    toggled.current = unfolded.has(seq) ? button : null;
    conversation.unfold(seq, !unfolded.has(seq));
  };
  const toEnd = () => box.current.scrollTo({ top: box.current.scrollHeight });
  return html`<div class="thread-box">
    <div class="thread" ref=${box} onScroll=${settle} onPointerEnter=${load} onPointerDown=${load} onFocusIn=${load} tabindex="0" role="log" aria-live="polite" aria-busy=${conversation.history.loadingOlder.value} aria-label=${t("thread.label")}>
      ${conversation.history.older.value && html`<p class="thread-older">${t("thread.older")}</p>`}
      ${!conversation.history.older.value && opening}
      ${lines({ conversation, entries, own, shows, words, called, answers, below, note, logs, mark: mark.value, toggle, waits: waiting > 0 })}
      ${pending.map((item) => html`<${Pending} key=${item.key} item=${item} conversation=${conversation} called=${called} />`)}
      ${putting.value && uploads.map((upload) => html`<${putting.value?.UploadBubble} key=${upload.key} upload=${upload} />`)}
      ${closing}
      ${typing && html`<p class="thread-typing"><i></i><i></i><i></i><span>${t("thread.typing", { name: called(typing) })}</span></p>`}
    </div>
    ${away.value && html`<button type="button" class="thread-latest" data-new=${Boolean(unread)} onClick=${toEnd}>${t(unread ? "thread.new" : "thread.latest")}</button>`}
  </div>`;
}

/**
 * Looks again whenever the box changes its size (a phone's keyboard) or somebody looks at the page again.
 * @param {HTMLElement} box
 * @param {Signal<boolean>} away
 * @param {() => void} settle
 */
function whenever(box, away, settle) {
  const resized = new ResizeObserver(() => {
    if (!away.peek()) box.scrollTop = box.scrollHeight;
    settle();
  });
  resized.observe(box);
  const stop = whenLooking(settle);
  return () => {
    resized.disconnect();
    stop();
  };
}

/**
 * Brings an entry before the reader's eyes, and lets it shine for a moment.
 * @param {Element | null} line
 */
function show(line) {
  if (!line) return;
  const fits = line.clientHeight < (line.parentElement?.clientHeight ?? 0);
  line.scrollIntoView({ block: fits ? "center" : "start" });
  line.classList.add("shine");
  line.addEventListener("animationend", () => line.classList.remove("shine"), { once: true });
}

/** @param {Required<Pick<Parameters<typeof Thread>[0], "conversation" | "own" | "shows" | "words" | "called">> & { entries: Entry[], answers?: (note: boolean) => Signal<string>, below?: (message: Message, read: boolean) => Content, note?: string, logs: { uid: string, seq: number }[], mark: number, toggle: (seq: number, button: Element) => void, waits: boolean }} shown */
function lines({ conversation, entries, own, shows, words, called, answers, below, note, logs, mark, toggle, waits }) {
  const read = conversation.receipts.marks.value[conversation.as === "agent" ? "visitor" : "agent"];
  const fold = (/** @type {number} */ seq) => ({
    open: conversation.unfolded.value.has(seq),
    onToggle: (/** @type {Element} */ button) => toggle(seq, button),
  });
  const out = [];
  let latest = "";
  let author = "";
  let said = false;
  const before = logs.filter(({ seq }) => seq >= conversation.history.floor).sort((one, other) => one.seq - other.seq);
  const tellLinked = (/** @type {number} */ seq) => {
    while (before[0]?.seq < seq) {
      author = "";
      const { uid } = /** @type {{ uid: string }} */ (before.shift());
      out.push(
        linked.value &&
          html`<${linked.value.Linked} key=${uid} uid=${uid} conversation=${conversation} called=${called} note=${note} />`,
      );
    }
  };
  for (const entry of entries.flatMap(saidFirst)) {
    tellLinked(entry.seq);
    if (entry.type === "event" && entry.kind !== "note" && !shows(entry)) continue;
    if (dayKey(entry.msg_time) !== latest) {
      latest = dayKey(entry.msg_time);
      author = "";
      out.push(dayLine(latest, day(entry.msg_time)));
    }
    if (entry.kind === "note") {
      author = "";
      out.push(
        html`<${Bubble} key=${entry.seq} entry=${entry} conversation=${conversation} called=${called} answers=${answers} who=${called(entry.user)} mine=${true} note=${note} ...${fold(entry.seq)} />`,
      );
      continue;
    }
    if (entry.type === "event") {
      author = "";
      out.push(html`<p class="thread-event" key=${entry.seq} data-seq=${entry.seq}>${words(entry)}</p>`);
      continue;
    }
    if (entry.seq === mark && said) {
      author = "";
      out.push(html`<p class="thread-new" key="new"><span>${t("thread.new")}</span></p>`);
    }
    const mine = own(entry.user);
    const tick = mine && (entry.seq <= read ? "read" : "stored");
    out.push(
      html`<${Bubble} key=${entry.seq} entry=${entry} conversation=${conversation} called=${called} answers=${entry.kind ? undefined : answers} who=${called(entry.user)} mine=${mine} leads=${author !== entry.user.uid} tick=${tick} below=${mine && below?.(entry, entry.seq <= read)} ...${fold(entry.seq)} />`,
    );
    author = entry.user.uid;
    said = true;
  }
  tellLinked(Infinity);
  if (waits && latest !== today.value) out.push(dayLine(today.value, t("thread.today"))); // not only once it is stored
  return out;
}

/**
 * What was said before anybody wrote is told as an event, and stands there as if it were a message.
 * @param {Entry} entry
 * @returns {Entry[]}
 */
const saidFirst = (entry) =>
  entry.kind === "invited"
    ? [entry, /** @type {any} */ ({ ...entry, type: "message", content: entry.text, user: entry.by ?? theShop() })]
    : [entry];

const theShop = () => ({ uid: "shop", nickname: shop.value.name });

/**
 * @param {string} key
 * @param {string} words
 */
const dayLine = (key, words) => html`<p class="thread-day" key=${`day ${key}`}><span>${words}</span></p>`;
