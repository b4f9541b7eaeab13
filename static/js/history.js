/** The part of a conversation's log that this page holds: in order, each entry once, no gap, down to a floor. */

import { batch, computed, signal } from "./lib.js";

/** @import { Entry, Message, Note, Page, Place } from "./types.d.ts" */

export const PAGE_SIZE = 50;

export class History {
  /** Frames `message` and `event`, oldest first, hidden ones left out. */
  entries = signal(/** @type {Entry[]} */ ([]));
  /** The seq of the newest of them. */
  seen = computed(() => this.entries.value.at(-1)?.seq ?? 0);
  /** Whether there is history above the first entry held, and whether it is on its way. */
  older = signal(false);
  loadingOlder = signal(false);
  /** That of the newest entry held, hidden or not. @type {Place | null} */
  place = null;
  /** The oldest seq held. */
  floor = 1;
  #fetch;
  #turn = 0; // which load of the newest page is the latest

  /**
   * `fetch(more, limit)` asks for a page: the newest one, or the one that `more` of a query names.
   *
   * @param {(more: string, limit: number) => Promise<Page>} fetch
   */
  constructor(fetch) {
    this.#fetch = fetch;
  }

  /** The newest page, to be shown; null where another load has begun meanwhile. Throws as `fetch` does. */
  async newest() {
    const turn = ++this.#turn;
    try {
      const page = await this.#fetch("", PAGE_SIZE);
      return turn === this.#turn ? page : null;
    } catch (error) {
      if (turn === this.#turn) throw error;
      return null;
    }
  }

  /**
   * Holds the newest page and nothing else.
   *
   * @param {Page} page
   */
  show(page) {
    this.place = { epoch: page.epoch, seq: page.seq, id: page.id };
    this.floor = page.value[0]?.seq ?? 1;
    this.entries.value = page.value.filter(visible);
    this.older.value = page.value.length === PAGE_SIZE && this.floor > 1;
  }

  /** The page above the first entry; whether it came. Throws as `fetch` does. */
  async loadOlder(limit = PAGE_SIZE) {
    if (!this.older.peek() || this.loadingOlder.peek()) return false;
    this.loadingOlder.value = true;
    const turn = this.#turn;
    try {
      const page = await this.#fetch(`&before=${this.floor}`, limit);
      if (turn !== this.#turn) return false;
      batch(() => {
        this.entries.value = [...page.value.filter(visible), ...this.entries.peek()];
        this.floor = page.value[0]?.seq ?? 1;
        this.older.value = page.value.length === limit && this.floor > 1;
      });
      return true;
    } finally {
      this.loadingOlder.value = false;
    }
  }

  /**
   * Adds what comes next. "known" where it is held already, "gap" where something before it is missing.
   *
   * @param {Entry} entry
   */
  take(entry) {
    const { epoch, seq } = this.place ?? { epoch: entry.epoch, seq: entry.seq - 1 };
    if (entry.epoch === epoch && entry.seq <= seq) return "known";
    if (entry.epoch !== epoch || entry.seq > seq + 1) return "gap";
    this.place = { epoch, seq: entry.seq, id: entry.id };
    if (visible(entry)) this.entries.value = [...this.entries.peek(), entry];
    return "taken";
  }
}

/**
 * Whether it says something: a message, or a note.
 * @param {Entry} entry
 * @returns {entry is Message | Note}
 */
export const isSaid = (entry) => entry.type === "message" || entry.kind === "note";

/** @param {Entry} entry */
const visible = (entry) => entry.kind !== "hidden";
