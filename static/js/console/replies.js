/** Canned replies: the shop's and the agent's own, as fresh as the stream says they are. */

import { signal } from "../lib.js";
import { get, statusOf } from "../api.js";

/** @import { Reply, Signal } from "../types.d.ts" */

const RETRY_DELAY_MS = 3_000;

/**
 * A reply's text with `{name}`, `{agent}` and `{shop}` filled in; what is unknown stays as it was written.
 * @param {string} text
 * @param {Record<string, string>} values
 */
export const fill = (text, values) => text.replace(/\{(name|agent|shop)\}/g, (whole, name) => values[name] ?? whole);

export class Replies {
  /** Array of `{id, shortcut, text, shared, version, by}`, by shortcut. @type {Signal<Reply[]>} */
  list = signal([]);
  #mine;
  #wanted = false;
  #asked = 0;

  /**
   * `mine` is our own uid.
   * @param {string} mine
   */
  constructor(mine) {
    this.#mine = mine;
  }

  /** Somebody is about to use the replies. */
  want() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.load();
  }

  /**
   * The stream says that those of `owner` were changed, an agent's uid or "" for the shop.
   * @param {{ owner: string }} told
   */
  hint({ owner }) {
    if (!owner || owner === this.#mine) return this.load();
    return undefined;
  }

  /** Asks for the replies anew, if anybody wants them. */
  async load() {
    if (!this.#wanted) return;
    const asked = ++this.#asked;
    try {
      const list = await get("/v1/replies?as=agent");
      if (asked === this.#asked) this.list.value = list; // else a newer answer is on its way
    } catch (error) {
      if (statusOf(error) !== 401 && asked === this.#asked)
        setTimeout(() => asked === this.#asked && this.load(), RETRY_DELAY_MS);
    }
  }
}
