/** Where the keyboard goes: each component says how it takes the focus, and anybody may send it there. */

import { age } from "../server_time.js";

/** @import { TakeFocus } from "../types.d.ts" */

const PAINT_TIMEOUT_MS = 1_000; // a component that comes later than this does not take the focus any more

export class Focus {
  /** @type {Map<string, TakeFocus>} */
  #takers = new Map();
  #awaited = { name: "", until: 0 }; // it went to a component that may be painted, or painted anew, only now
  #handed;

  /**
   * `handed(name, taken)` is told where the focus went, and whether there was somebody to take it.
   *
   * @param {(name: string, taken: boolean) => void} handed
   */
  constructor(handed) {
    this.#handed = handed;
  }

  /**
   * The component `name` takes the focus by `take`; returns how to forget that.
   *
   * @param {string} name
   * @param {TakeFocus} take
   * @returns {() => void}
   */
  takes(name, take) {
    this.#takers.set(name, take);
    if (this.#awaited.name === name && age() < this.#awaited.until) this.#hand(name, 0);
    return () => void (this.#takers.get(name) === take && this.#takers.delete(name));
  }

  /**
   * Moves the focus, once what it goes to has been painted.
   *
   * @param {string} name
   */
  to(name) {
    requestAnimationFrame(() => setTimeout(() => this.#hand(name)));
  }

  /** @param {string} name */
  #hand(name, waits = PAINT_TIMEOUT_MS) {
    const take = this.#takers.get(name);
    this.#awaited = { name, until: age() + waits };
    this.#handed(name, take !== undefined);
    take?.();
  }
}
