/**
 * Who looks at the shop's pages and has not written, as the stream tells it. Nothing else knows of them: they stand on the
 * list while they look, and what becomes of them is told once.
 */

import { computed, signal } from "../lib.js";

/** @import { Onlooker, Signal } from "../types.d.ts" */

const PREFIX = "browsing:"; // no uid begins so
const SORT_DELAY_MS = 50; // a burst of changes is sorted once

/**
 * How the list, and the address of the page, name somebody who browses.
 * @param {string | null | undefined} key
 */
export const isBrowsing = (key) => Boolean(key?.startsWith(PREFIX));

export class Browsing {
  /** @type {Map<string, Signal<Onlooker>>} */
  #rows = new Map();
  /** By id. @type {Map<string, Signal<string>>} */
  #drafts = new Map();
  #order = signal(0);
  #settling = 0;
  #mine;
  #shows;
  /** The uids of those whom we greeted and who have written since. @type {Signal<string[]>} */
  answered = signal([]);
  /** Everybody, by key: whose eyes are on the page first, of those who has looked longest. */
  keys = computed(() => {
    void this.#order.value;
    const here = [...this.#rows].filter(([, row]) => !row.peek().gone);
    return here.sort(([, one], [, other]) => place(one.peek(), other.peek())).map(([key]) => key);
  });

  /**
   * `mine` is our own uid; `shows(key)` says who is on the screen.
   * @param {string} mine
   * @param {(key: string) => boolean} shows
   */
  constructor(mine, shows) {
    this.#mine = mine;
    this.#shows = shows;
  }

  /**
   * Their signal, or undefined. It outlives their stay while they are on the screen, then with `gone: true`.
   * @param {string} key
   */
  row(key) {
    return this.#rows.get(key);
  }

  /**
   * They as known now, or undefined; follows changes when read inside a component.
   * @param {string} key
   */
  item(key) {
    void this.#order.value; // a row may appear
    return this.#rows.get(key)?.value;
  }

  items() {
    return [...this.#rows.values()].map((row) => row.peek()).filter((item) => !item.gone);
  }

  /**
   * What we are writing to somebody, for as long as this page is open.
   * @param {string} id
   */
  draft(id) {
    const draft = this.#drafts.get(id) ?? signal("");
    this.#drafts.set(id, draft);
    return draft;
  }

  /** All there are. @param {Onlooker[]} all */
  replace(all) {
    const ids = new Set(all.map(({ id }) => id));
    for (const { id } of this.items()) if (!ids.has(id)) this.apply({ id, gone: true });
    for (const item of all) this.apply(item);
  }

  /** @param {Onlooker} change */
  apply(change) {
    const key = PREFIX + change.id;
    const row = this.#rows.get(key);
    const before = row?.peek();
    if (change.gone) {
      if (!row || !before || before.gone) return;
      row.value = { ...before, ...change };
      if (change.uid && before.invited?.by.uid === this.#mine)
        this.answered.value = [...this.answered.peek(), change.uid];
    } else if (row) row.value = change;
    else this.#rows.set(key, signal(change));
    if (!before || before.gone !== change.gone || before.visible !== change.visible) this.#resort();
  }

  #resort() {
    if (this.#settling) return;
    this.#settling = setTimeout(() => {
      this.#settling = 0;
      this.#order.value++;
      this.#forget();
    }, SORT_DELAY_MS);
  }

  #forget() {
    for (const [key, row] of this.#rows) {
      const { gone, id } = row.peek();
      if (!gone || this.#shows(key)) continue;
      this.#rows.delete(key);
      this.#drafts.delete(id);
    }
  }
}

/**
 * @param {Onlooker} one
 * @param {Onlooker} other
 */
const place = (one, other) =>
  Number(other.visible) - Number(one.visible) ||
  Date.parse(one.since ?? "") - Date.parse(other.since ?? "") ||
  (one.id < other.id ? -1 : 1);
