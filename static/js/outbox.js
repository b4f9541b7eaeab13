/**
 * What is written and not yet acknowledged, in one conversation. A message keeps its id until it is acknowledged, so
 * that sending it twice stores it once; the next one leaves when the one before is acknowledged.
 */

import { signal } from "./lib.js";
import { random } from "./random.js";
import { parsed, session } from "./storage.js";

/** @import { Refused, Said, Signal, Timer, Unsent, With } from "./types.d.ts" */

const newTab = () => random(9);
const RETRY_DELAY_MS = 2_000;
/** Refusals that will not change by sending again: the text stays, with a Retry for later. */
const FINAL_CODES = new Set([
  "not_yours",
  "fenced",
  "too_long",
  "bad_frame",
  "bad_id",
  "forbidden",
  "blocked",
  "bad_file",
]);
/** The server and we count this tab differently: go on as another one. */
const MISCOUNT_CODES = new Set(["unknown_tab", "out_of_order", "mismatch"]);

/** `key` names the place in the tab's storage; `offer(frame)` returns false while there is no connection. */
export class Outbox {
  /** Oldest first. @type {Signal<Unsent[]>} */
  items = signal([]);
  #key;
  #offer;
  #tab = newTab();
  #n = 0;
  /** @type {string | null} */
  #sent = null;
  /** @type {Timer} */
  #timer;

  /**
   * @param {string} key
   * @param {(frame: Extract<Said, { type: "send" }>) => boolean} offer
   */
  constructor(key, offer) {
    this.#key = key;
    this.#offer = offer;
    this.items.value = parsed(session.get(key), []);
  }

  /**
   * `note`: an agent's private one.
   * @param {string} content May be empty where there is a file.
   * @param {With & { note?: boolean }} [how]
   */
  add(content, { note, file, replyTo } = {}) {
    this.#set([...this.items.peek(), { key: newTab(), content, note, file, reply_to: replyTo }]);
    this.flush();
  }

  /** @param {string} key */
  retry(key) {
    this.#set(
      this.items.peek().map((item) => (item.key === key ? { ...item, failed: undefined, id: undefined } : item)),
    );
    this.flush();
  }

  /** @param {string} key */
  drop(key) {
    this.#set(this.items.peek().filter((item) => item.key !== key));
  }

  /** Keeps nothing any more, and returns the texts that were not sent. */
  takeBack() {
    const texts = this.items.peek().map(({ content }) => content);
    this.#set([]);
    return texts;
  }

  /**
   * Leaves what is not sent yet to another one, which offers it at once.
   * @param {Outbox} other
   */
  handTo(other) {
    const items = this.items.peek();
    this.#set([]);
    other.#set([...other.items.peek(), ...items]);
    other.flush();
  }

  /** The connection is gone: what was on its way is offered again, by the same id. */
  lost() {
    this.#sent = null;
    clearTimeout(this.#timer);
  }

  flush() {
    if (this.#sent) return;
    const next = this.items.peek().find((item) => !item.failed);
    if (!next) return;
    const id = next.id ?? `${this.#tab}.${this.#n + 1}`;
    const { content, note, file, reply_to } = next;
    if (!this.#offer({ type: "send", id, content, note, file: file?.id, reply_to })) return;
    this.#sent = id;
    if (!next.id) this.#change(next.key, { id });
  }

  /**
   * An ack, or an entry with this id in the history: it is stored. Returns the item, or undefined if not ours.
   * @param {string} id
   */
  stored(id) {
    const item = this.items.peek().find((one) => one.id === id);
    const [tab, n] = splitId(id);
    if (tab === this.#tab) this.#n = Math.max(this.#n, n);
    if (this.#sent === id) this.#sent = null;
    if (item) this.drop(item.key);
    return item;
  }

  /** Returns the item, or undefined if not ours. @param {Refused} frame */
  refused({ id, code, expected, retry_ms: wait }) {
    if (!id) return undefined; // of no message
    const item = this.items.peek().find((one) => one.id === id);
    if (this.#sent === id) this.#sent = null;
    if (!item) return undefined;
    if (FINAL_CODES.has(code)) this.#change(item.key, { failed: code, id: undefined });
    else if (code === "out_of_order" && splitId(id)[0] === this.#tab) this.#renumber(item, (expected ?? 1) - 1);
    else if (MISCOUNT_CODES.has(code)) this.#newTab(item);
    else {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.flush(), wait ?? RETRY_DELAY_MS);
      return item;
    }
    this.flush();
    return item;
  }

  /**
   * @param {Unsent} item
   * @param {number} n
   */
  #renumber(item, n) {
    this.#n = n;
    this.#change(item.key, { id: undefined });
  }

  /** @param {Unsent} item */
  #newTab(item) {
    this.#tab = newTab();
    this.#renumber(item, 0);
  }

  /**
   * @param {string} key
   * @param {Partial<Unsent>} change
   */
  #change(key, change) {
    this.#set(this.items.peek().map((item) => (item.key === key ? { ...item, ...change } : item)));
  }

  /** @param {Unsent[]} items */
  #set(items) {
    this.items.value = items;
    session.set(this.#key, items.length ? JSON.stringify(items) : null);
  }
}

/**
 * @param {string} id
 * @returns {[tab: string, n: number]}
 */
const splitId = (id) => {
  const dot = id.lastIndexOf(".");
  return [id.slice(0, dot), Number(id.slice(dot + 1))];
};
