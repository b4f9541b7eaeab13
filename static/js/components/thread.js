/** The messages of a conversation: days, groups by author, ticks that tell the truth, and the reader's place kept. */

import { html, useLayoutEffect, useRef, useSignal } from "../lib.js";
import { t } from "../i18n.js";
import { day, dayKey } from "../time.js";
import { Bubble, Pending } from "./bubble.js";

const NEAR = 60; // pixels from the end that count as being at the end
const SOON = 200; // pixels from the top at which older history is fetched
const places = new WeakMap(); // conversation -> where its reader was

/** `own(user)` says whose messages stand on our side; `shows(event)` which events are worth a line. */
export function Thread({ conversation, own, shows = () => true }) {
  const box = useRef(null);
  const away = useSignal(false);
  const readAtFirst = useRef(places.get(conversation)?.readAtFirst ?? conversation.read.peek()[conversation.as]);
  const before = useRef({ first: 0, height: 0, pending: 0 });
  const entries = conversation.entries.value;
  const pending = conversation.outbox.items.value;
  const typing = conversation.typing.value;

  const settle = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    away.value = scrollHeight - scrollTop - clientHeight > NEAR;
    if (!away.value && !document.hidden && document.hasFocus()) conversation.saw(conversation.seen.peek());
    if (scrollTop < SOON) conversation.loadOlder();
    places.set(conversation, { top: scrollTop, end: !away.value, readAtFirst: readAtFirst.current });
  };
  useLayoutEffect(() => {
    const place = places.get(conversation);
    box.current.scrollTop = place && !place.end ? place.top : box.current.scrollHeight;
    settle();
    return whenever(box.current, () => !away.peek(), settle);
  }, [conversation]);
  useLayoutEffect(() => {
    const { first, height, pending: waiting } = before.current;
    const oldest = entries[0]?.seq ?? 0;
    if (first && oldest < first) box.current.scrollTop += box.current.scrollHeight - height;
    else if (!away.peek() || pending.length > waiting) box.current.scrollTop = box.current.scrollHeight;
    before.current = { first: oldest, height: box.current.scrollHeight, pending: pending.length };
    settle();
  }, [entries, pending, typing]);

  const toEnd = () => box.current.scrollTo({ top: box.current.scrollHeight });
  return html`<div class="thread-box">
    <div class="thread" ref=${box} onScroll=${settle} tabindex="0" role="log" aria-live="polite" aria-label=${t("thread.label")}>
      ${conversation.older.value && html`<p class="thread-older">${t("thread.older")}</p>`}
      ${lines(conversation, entries, own, shows, readAtFirst.current)}
      ${pending.map((item) => html`<${Pending} key=${item.key} item=${item} outbox=${conversation.outbox} />`)}
      ${typing && html`<p class="thread-typing"><i></i><i></i><i></i><span>${t("thread.typing", { name: typing })}</span></p>`}
    </div>
    ${away.value && html`<button type="button" class="thread-latest" onClick=${toEnd}>${t("thread.latest")}</button>`}
  </div>`;
}

/** Looks again whenever the box changes its size (a phone's keyboard) or somebody looks at the page again. */
function whenever(box, atEnd, settle) {
  const resized = new ResizeObserver(() => {
    if (atEnd()) box.scrollTop = box.scrollHeight;
  });
  resized.observe(box);
  addEventListener("focus", settle);
  document.addEventListener("visibilitychange", settle);
  return () => {
    resized.disconnect();
    removeEventListener("focus", settle);
    document.removeEventListener("visibilitychange", settle);
  };
}

function lines(conversation, entries, own, shows, readAtFirst) {
  const read = conversation.read.value[conversation.as === "agent" ? "visitor" : "agent"];
  const out = [];
  let today = "";
  let author = "";
  let marked = false;
  for (const entry of entries) {
    if (entry.type === "event" && !shows(entry)) continue;
    if (dayKey(entry.msg_time) !== today) {
      today = dayKey(entry.msg_time);
      author = "";
      out.push(html`<p class="thread-day" key=${`day ${today}`}><span>${day(entry.msg_time)}</span></p>`);
    }
    if (entry.type === "event") {
      author = "";
      out.push(html`<p class="thread-event" key=${entry.seq}>${words(entry)}</p>`);
      continue;
    }
    const mine = own(entry.user);
    if (!marked && !mine && readAtFirst && entry.seq > readAtFirst && out.length > 1) {
      marked = true;
      author = "";
      out.push(html`<p class="thread-new" key="new"><span>${t("thread.new")}</span></p>`);
    }
    const tick = mine && (entry.seq <= read ? "read" : "stored");
    out.push(html`<${Bubble} key=${entry.seq} entry=${entry} mine=${mine} leads=${author !== entry.user.uid} tick=${tick} />`);
    author = entry.user.uid;
  }
  return out;
}

function words({ kind, reason, user, to }) {
  const key = kind === "released" && reason && reason !== "released" ? reason : kind;
  return t(`event.${key}`, { name: user?.nickname ?? "", to: to?.nickname ?? "" });
}
