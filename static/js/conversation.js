/**
 * One conversation as this page holds it: entries in order, each once, from the newest page of history on, live.
 * Shared by the visitor's page and the console; knows no page.
 */

import { batch, computed, signal } from "./lib.js";
import { call } from "./api.js";
import { Outbox } from "./outbox.js";

const PAGE = 50;
const BIG_PAGE = 200; // on the way back to an entry far above
const FARTHEST = 25; // such pages: five thousand entries are as many as a page can show
const TYPING_SHOWN_MS = 5_000;
const TYPING_EVERY_MS = 3_000;
const AGAIN_MS = 2_000;

/** `as` is "visitor" or "agent"; `me` our own uid. */
export class Conversation {
  /** Frames `message` and `event`, oldest first, hidden ones left out. */
  entries = signal([]);
  holder = signal(null);
  status = signal("here");
  /** Up to which seq each side has read. */
  read = signal({ visitor: 0, agent: 0 });
  /** The nickname of who types, or null. */
  typing = signal(null);
  /** "loading", "ready" or "failed". */
  state = signal("loading");
  /** Whether there is history above the first entry held, and whether it is on its way. */
  older = signal(false);
  loadingOlder = signal(false);
  /** The seq of the entry that the reader asked for, until it is shown. */
  target = signal(0);
  #place = null; // {epoch, seq, id} of the newest entry held
  #floor = 1; // the oldest seq held
  #joined = false;
  #caughtUpAt = 0;
  #reset = false;
  #unsaid = 0; // read up to there, not yet told
  #turn = 0; // which load of the newest page is the latest
  #stop;
  #typingTimer = 0;
  #typedAt = 0;
  #again = 0;
  #closed = false;

  constructor({ uid, as, me, connection }) {
    this.uid = uid;
    this.as = as;
    this.me = me;
    this.connection = connection;
    this.outbox = new Outbox(
      `chatadmin.outbox.${me}.${uid}`,
      (frame) => this.#joined && connection.send({ ...frame, conversation: uid }),
    );
    this.seen = computed(() => this.entries.value.at(-1)?.seq ?? 0);
    this.#stop = connection.listen((frame) => this.#hear(frame));
    this.#load();
  }

  /** The place held, as a query: for a connection that joins this conversation by itself. */
  get query() {
    if (!this.#place) return "";
    const { epoch, seq, id } = this.#place;
    return `&epoch=${epoch}&after=${seq}&id=${encodeURIComponent(id ?? "")}`;
  }

  /** Offers a text; it is kept until it is stored. */
  send(content) {
    this.#typedAt = 0;
    this.outbox.add(content);
  }

  /** Offers a private note, which the visitor is never shown. */
  note(content) {
    this.outbox.add(content, { note: true });
  }

  /** Shows the entry `seq`: loads the history down to it. False where it is too far back or out of reach. */
  async goTo(seq) {
    for (let pages = 0; this.state.peek() !== "ready" || (this.#floor > seq && this.older.peek()); pages++) {
      if (pages > FARTHEST || this.#closed) return false;
      if (this.state.peek() !== "ready") await this.#loaded();
      else if (!(await this.loadOlder(BIG_PAGE))) return false;
    }
    this.target.value = seq;
    return true;
  }

  /** The reader's keys are moving. */
  typed() {
    if (Date.now() - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = Date.now();
    this.connection.send({ type: "typing", conversation: this.uid, on: true });
  }

  /** They rest, or the text is gone. */
  stoppedTyping() {
    if (this.#typedAt) this.connection.send({ type: "typing", conversation: this.uid, on: false });
    this.#typedAt = 0;
  }

  /** Everything up to `seq` has been before the reader's eyes. */
  saw(seq) {
    if (this.as === "agent" && this.holder.peek()?.uid !== this.me) return; // only who answers reads for the shop
    if (seq <= this.read.peek()[this.as]) return;
    if (!this.#joined || !this.connection.send({ type: "read", conversation: this.uid, seq })) this.#unsaid = seq;
    else this.#markRead(this.as, seq);
  }

  /** The page of history above the first entry; whether it came. */
  async loadOlder(limit = PAGE) {
    if (!this.older.peek() || this.loadingOlder.peek()) return false;
    this.loadingOlder.value = true;
    const turn = this.#turn;
    try {
      const page = await this.#page(`&before=${this.#floor}`, limit);
      if (turn !== this.#turn) return false;
      batch(() => {
        this.entries.value = [...page.value.filter(visible), ...this.entries.peek()];
        this.#floor = page.value[0]?.seq ?? 1;
        this.older.value = page.value.length === limit && this.#floor > 1;
      });
      return true;
    } catch (error) {
      if (error.status === 401) this.connection.probe(); // else the next scroll asks again
      return false;
    } finally {
      this.loadingOlder.value = false;
    }
  }

  reload = () => this.#load();

  /** Lets go of it; what is not sent yet stays in storage. */
  close() {
    this.#closed = true;
    clearTimeout(this.#again);
    this.#stop();
    if (this.#joined) this.connection.send({ type: "leave", conversation: this.uid });
    this.#joined = false;
  }

  async #load() {
    clearTimeout(this.#again);
    this.#joined = false;
    const turn = ++this.#turn;
    let page;
    try {
      page = await this.#page("");
    } catch (error) {
      if (turn !== this.#turn) return;
      if (error.status === 401) this.connection.probe(); // it finds out that the session is over
      this.state.value = this.entries.peek().length ? "ready" : "failed";
      if (error.status !== 404 && !this.#closed) this.#again = setTimeout(() => this.#load(), AGAIN_MS);
      return;
    }
    if (this.#closed || turn !== this.#turn) return;
    const before = this.entries.peek();
    batch(() => {
      this.#place = { epoch: page.epoch, seq: page.seq, id: page.id };
      this.#floor = page.value[0]?.seq ?? 1;
      this.entries.value = page.value.filter(visible);
      this.older.value = page.value.length === PAGE && this.#floor > 1;
      this.holder.value = page.holder;
      this.status.value = page.status;
      this.read.value = page.read;
      this.state.value = "ready";
      for (const entry of page.value) if (entry.id) this.outbox.stored(entry.id);
      if (this.#reset) this.#offerAgain(before, page.value);
    });
    this.#reset = false;
    this.#join();
  }

  #page(more, limit = PAGE) {
    return call("GET", `/v1/msgs?as=${this.as}&client=${this.uid}&frames=1&limit=${limit}${more}`);
  }

  /** Once the newest page is there, or this is let go of. */
  #loaded() {
    return new Promise((resolve) => {
      const stop = this.state.subscribe((state) => {
        if (state !== "ready" && !this.#closed) return;
        resolve();
        queueMicrotask(() => stop()); // the first call comes before `stop` is known
      });
    });
  }

  /** The store lost something: what was ours, acknowledged and is missing now, is offered again. */
  #offerAgain(before, now) {
    const kept = new Set(now.map((entry) => entry.id));
    const said = (entry) => entry.type === "message" || entry.kind === "note";
    const lost = before.filter(
      (entry) => said(entry) && entry.user.uid === this.me && entry.seq >= this.#floor && !kept.has(entry.id),
    );
    for (const entry of lost) this.outbox.add(entry.content, entry.kind === "note" ? { note: true } : {});
  }

  #join() {
    if (!this.#place || this.#joined) return;
    const { epoch, seq, id } = this.#place;
    this.connection.send({ type: "join", conversation: this.uid, epoch, after: seq, id });
  }

  #hear(frame) {
    // a visitor's own conversation is joined on connecting, from the place that `query` named
    if (frame.type === "hello") return frame.conversation === this.uid ? undefined : this.#join();
    if (frame.type === "lost") return this.#lost();
    if (frame.conversation !== this.uid) return undefined;
    return this[`_${frame.type}`]?.(frame);
  }

  #lost() {
    this.#joined = false;
    this.typing.value = null;
    this.outbox.lost();
  }

  _joined(frame) {
    batch(() => {
      this.#joined = true;
      this.holder.value = frame.holder;
      this.status.value = frame.status;
      this.read.value = frame.read;
    });
    // what is being replayed may hold our own: offer the rest only behind it
    this.#caughtUpAt = frame.seq;
    this.#offerWhenCaughtUp();
    if (this.#unsaid) this.saw(this.#unsaid);
    this.#unsaid = 0;
  }

  #offerWhenCaughtUp() {
    if (this.#joined && this.#place.seq >= this.#caughtUpAt) this.outbox.flush();
  }

  _message(frame) {
    this.#take(frame);
  }

  _event(frame) {
    this.#take(frame);
    const { kind } = frame;
    if (kind === "claimed") batch(() => ((this.holder.value = frame.user), (this.status.value = "held")));
    if (kind === "released" || kind === "resolved") {
      batch(() => ((this.holder.value = null), (this.status.value = kind === "resolved" ? "resolved" : "waiting")));
    }
    if (kind === "snoozed" || kind === "blocked") this.status.value = kind;
  }

  _ack(frame) {
    const item = this.outbox.stored(frame.id);
    const shape = item?.note ? { type: "event", kind: "note" } : { type: "message" };
    if (item && !frame.repeat) this.#take({ ...frame, ...shape, user: this.connection.user, content: item.content });
    else if (!frame.repeat && frame.seq > (this.#place?.seq ?? 0)) this.#load(); // another tab's, by the same id
    this.outbox.flush();
  }

  _typing({ user, on }) {
    if (user.uid === this.me) return;
    clearTimeout(this.#typingTimer);
    this.typing.value = on ? user.nickname : null;
    if (on) this.#typingTimer = setTimeout(() => (this.typing.value = null), TYPING_SHOWN_MS);
  }

  _read({ by, seq }) {
    this.#markRead(by, seq);
  }

  _reset() {
    this.#reset = true;
    this.#load();
  }

  _error(frame) {
    if (frame.id) this.outbox.refused(frame);
  }

  #take(frame) {
    if (!this.#joined) return; // of a following that is over: what is coming begins with `joined`
    const { epoch, seq } = this.#place ?? { epoch: frame.epoch, seq: frame.seq - 1 };
    if (frame.epoch === epoch && frame.seq <= seq) return;
    if (frame.epoch !== epoch || frame.seq > seq + 1) {
      this.#load(); // a gap: never guess, read again
      return;
    }
    this.#place = { epoch: frame.epoch, seq: frame.seq, id: frame.id };
    batch(() => {
      if (visible(frame)) this.entries.value = [...this.entries.peek(), frame];
      if (frame.id) this.outbox.stored(frame.id);
      if (frame.type === "message" && frame.user.uid !== this.me) this.typing.value = null;
    });
    this.#offerWhenCaughtUp();
  }

  #markRead(by, seq) {
    const read = this.read.peek();
    if (seq > read[by]) this.read.value = { ...read, [by]: seq };
  }
}

const visible = (frame) => frame.kind !== "hidden";
