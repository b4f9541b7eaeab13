/** Where the keyboard goes: each part of the page says how it takes the focus, and anybody may send it there. */

/** @import { TakeFocus } from "../types.d.ts" */

const PAINTED_MS = 1_000; // a part that comes later than this does not take the focus any more

export class Focus {
  /** @type {Map<string, TakeFocus>} */
  #parts = new Map();
  #awaited = { name: "", until: 0 }; // it went to a part that may be painted, or painted anew, only now
  #handed;

  /**
   * `handed(name, taken)` is told where it went, and whether there was somebody to take it.
   *
   * @param {(name: string, taken: boolean) => void} handed
   */
  constructor(handed) {
    this.#handed = handed;
  }

  /**
   * The part `name` takes it by `take`; returns how to forget that.
   *
   * @param {string} name
   * @param {TakeFocus} take
   * @returns {() => void}
   */
  takes(name, take) {
    this.#parts.set(name, take);
    if (this.#awaited.name === name && Date.now() < this.#awaited.until) this.#hand(name, 0);
    return () => void (this.#parts.get(name) === take && this.#parts.delete(name));
  }

  /**
   * Moves it, once what it goes to has been painted.
   *
   * @param {string} name
   */
  to(name) {
    requestAnimationFrame(() => setTimeout(() => this.#hand(name)));
  }

  /** @param {string} name */
  #hand(name, waits = PAINTED_MS) {
    const take = this.#parts.get(name);
    this.#awaited = { name, until: Date.now() + waits };
    this.#handed(name, take !== undefined);
    take?.();
  }
}
