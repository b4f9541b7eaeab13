/**
 * One conversation as this page holds it: entries in order, each once, from the newest page of history on, live.
 * Shared by the visitor's page and the console; knows no page.
 */

import { batch, signal } from "./lib.js";
import { call, statusOf } from "./api.js";
import { putting } from "./files/chunk.js";
import { History, PAGE_SIZE, isSaid } from "./history.js";
import { Outbox } from "./outbox.js";
import { ReadReceipts } from "./read_receipts.js";
import { Typing } from "./typing.js";

/** @import { Ack, Entry, Frame, Happening, Holder, Joined, Note, Page, ReadMarks, Refused, Side, Signal, Timer, With } from "./types.d.ts" */
/** @import { Upload } from "./files/putting/upload.js" */
/** @import { Connection } from "./connection.js" */

const RETRY_DELAY_MS = 2_000;

/** `as` is "visitor" or "agent"; `me` our own uid. */
export class Conversation {
  holder = signal(/** @type {Holder | null} */ (null));
  state = signal(/** @type {"loading" | "ready" | "failed"} */ ("loading"));
  /** The seq of the entry that was asked for (jump.js), until it is shown. */
  target = signal(0);
  /** The seqs of long messages that are shown whole. */
  unfolded = signal(/** @type {ReadonlySet<number>} */ (new Set()));
  /** Files on their way, whose messages are not in the outbox yet. @type {Signal<Upload[]>} */
  uploads = signal([]);
  /** Whether the conversation was let go of. */
  closed = false;
  #joined = false;
  #caughtUpAt = 0;
  #reset = false;
  #stop;
  /** @type {Timer} */
  #again;

  /** @param {{ uid: string, as: Side, me: string, connection: Connection }} options */
  constructor({ uid, as, me, connection }) {
    this.uid = uid;
    this.as = as;
    this.me = me;
    this.connection = connection;
    this.history = new History(this.page);
    this.outbox = new Outbox(
      `chatadmin.outbox.${me}.${uid}`,
      (frame) =>
        this.#joined && (connection.knowsFiles || !frame.file) && connection.send({ ...frame, conversation: uid }),
    );
    this.typing = new Typing(uid, me, (frame) => connection.send(frame));
    this.receipts = new ReadReceipts(
      as,
      (seq) => this.#joined && connection.send({ type: "read", conversation: uid, seq }),
    );
    this.#stop = connection.listen((frame) => this.#hear(frame));
    this.#load();
  }

  /**
   * A page of the log: the newest, or the one that `more` of a query names.
   * @param {string} more
   * @param {number} limit
   * @returns {Promise<Page>}
   */
  page = (more, limit) => call("GET", `/v1/msgs?as=${this.as}&client=${this.uid}&frames=1&limit=${limit}${more}`);

  /** The place held, as a query: for a connection that joins this conversation by itself. */
  get query() {
    if (!this.history.place) return "";
    const { epoch, seq, id } = this.history.place;
    return `&epoch=${epoch}&after=${seq}&id=${encodeURIComponent(id ?? "")}`;
  }

  /**
   * Offers a text; it is kept until it is stored. `note`: a private one, which the visitor is never shown.
   * @param {string} content
   * @param {With & { note?: boolean }} [more]
   */
  send(content, more) {
    this.typing.sent();
    this.outbox.add(content, more);
  }

  /**
   * Sends a file up, and then its message.
   * @param {File} file
   * @param {string} content
   * @param {{ note?: boolean, replyTo?: number }} how
   */
  attach(file, content, how) {
    this.typing.sent();
    putting.peek()?.upload(this, file, content, how);
  }

  /** Everything up to `seq` has been before our eyes. @param {number} seq */
  saw(seq) {
    if (this.as === "agent" && this.holder.peek()?.uid !== this.me) return; // only who answers reads for the shop
    this.receipts.saw(seq);
  }

  /**
   * @param {number} seq
   * @param {boolean} whole
   */
  unfold(seq, whole) {
    const others = [...this.unfolded.peek()].filter((one) => one !== seq);
    this.unfolded.value = new Set(whole ? [...others, seq] : others);
  }

  /** The page of history above the first entry; whether it came. */
  async loadOlder(limit = PAGE_SIZE) {
    try {
      return await this.history.loadOlder(limit);
    } catch (error) {
      if (statusOf(error) === 401) this.connection.probe(); // else the next scroll asks again
      return false;
    }
  }

  reload = () => this.#load();

  /** Lets go of the conversation; what is not sent yet stays in storage. */
  close() {
    this.closed = true;
    for (const upload of this.uploads.peek()) upload.stop();
    clearTimeout(this.#again);
    this.#stop();
    if (this.#joined) this.connection.send({ type: "leave", conversation: this.uid });
    this.#joined = false;
  }

  async #load() {
    clearTimeout(this.#again);
    this.#joined = false;
    let page;
    try {
      page = await this.history.newest();
    } catch (error) {
      if (statusOf(error) === 401) this.connection.probe(); // it finds out that the session is over
      this.state.value = this.history.entries.peek().length ? "ready" : "failed";
      if (statusOf(error) !== 404 && !this.closed) this.#again = setTimeout(() => this.#load(), RETRY_DELAY_MS);
      return;
    }
    if (!page || this.closed) return;
    const { holder, read, value } = page;
    const before = this.history.entries.peek();
    batch(() => {
      this.history.show(page);
      this.#stands({ holder, read });
      this.state.value = "ready";
      for (const entry of value) if (entry.id) this.outbox.stored(entry.id);
      if (this.#reset) this.#offerAgain(before, value);
    });
    this.#reset = false;
    this.#join();
  }

  /** @param {{ holder: Holder | null, read: ReadMarks }} now */
  #stands({ holder, read }) {
    batch(() => {
      this.holder.value = holder;
      this.receipts.marks.value = read;
    });
  }

  /**
   * The store lost something: what was ours, acknowledged and is missing now, is offered again.
   * @param {Entry[]} before
   * @param {Entry[]} now
   */
  #offerAgain(before, now) {
    const kept = new Set(now.map((entry) => entry.id));
    for (const entry of before) {
      if (entry.user.uid !== this.me || entry.seq < this.history.floor || kept.has(entry.id)) continue;
      if (!isSaid(entry)) continue;
      this.outbox.add(entry.content, { note: entry.kind === "note" || undefined, file: entry.file });
    }
  }

  #join() {
    if (!this.history.place || this.#joined) return;
    const { epoch, seq, id } = this.history.place;
    this.connection.send({ type: "join", conversation: this.uid, epoch, after: seq, id });
  }

  /** @param {Frame} frame */
  #hear(frame) {
    // a visitor's own conversation is joined on connecting, from the place that `query` named
    if (frame.type === "hello") return frame.conversation === this.uid ? undefined : this.#join();
    if (frame.type === "lost") return this.#lost();
    if (!("conversation" in frame) || frame.conversation !== this.uid) return undefined;
    switch (frame.type) {
      case "joined":
        return this.#follow(frame);
      case "message":
        return this.#take(frame);
      case "event":
        return this.#happened(frame);
      case "ack":
        return this.#acknowledged(frame);
      case "typing":
        return this.typing.heard(frame);
      case "read":
        return this.receipts.mark(frame.by, frame.seq);
      case "holder":
        return void (this.holder.value = frame.holder);
      case "reset":
        return this.#startOver();
      case "error":
        return this.#refused(frame);
    }
  }

  #lost() {
    this.#joined = false;
    this.typing.who.value = null;
    this.outbox.lost();
  }

  /** @param {Joined} frame */
  #follow(frame) {
    this.#joined = true;
    this.#stands(frame);
    // what is being replayed may hold our own: offer the rest only behind it
    this.#caughtUpAt = frame.seq;
    this.#offerWhenCaughtUp();
    this.receipts.retell();
  }

  #offerWhenCaughtUp() {
    if (this.#joined && (this.history.place?.seq ?? 0) >= this.#caughtUpAt) this.outbox.flush();
  }

  /** @param {Note | Happening} frame */
  #happened(frame) {
    this.#take(frame);
    const { kind } = frame;
    if (kind === "claimed") this.holder.value = { ...frame.user, here: true };
    if (kind === "released" || kind === "resolved") this.holder.value = null;
  }

  /** A file whose message is refused may be gone from the server, and be here still. @param {Refused} frame */
  #refused(frame) {
    const item = this.outbox.refused(frame);
    if (item && frame.code === "bad_file" && putting.peek()?.again(item)) this.outbox.drop(item.key);
  }

  /** @param {Ack} frame */
  #acknowledged(frame) {
    const item = this.outbox.stored(frame.id);
    const { user } = this.connection;
    if (item && user && !frame.repeat) {
      const { content, file, reply_to } = item;
      const entry = { ...frame, user, content, file, reply_to };
      this.#take(item.note ? { ...entry, type: "event", kind: "note" } : { ...entry, type: "message" });
    } else if (!frame.repeat && frame.seq > (this.history.place?.seq ?? 0)) this.#load(); // another tab's, by the same id
    this.outbox.flush();
  }

  #startOver() {
    this.#reset = true;
    this.#load();
  }

  /** @param {Entry} frame */
  #take(frame) {
    if (!this.#joined) return; // of a following that is over: what is coming begins with `joined`
    const outcome = batch(() => {
      const taken = this.history.take(frame);
      if (taken === "taken" && frame.id) this.outbox.stored(frame.id);
      if (taken === "taken" && frame.type === "message" && frame.user.uid !== this.me) this.typing.who.value = null;
      return taken;
    });
    if (outcome === "gap") this.#load(); // never guess, read again
    if (outcome === "taken") this.#offerWhenCaughtUp();
  }
}
