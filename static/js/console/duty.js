/**
 * One page among those of a browser has a duty: it reads the stream for all of them, it makes the noise.
 *
 * By a Web Lock, which falls to the next page when its holder goes. On plain HTTP, where there are none, by a lease in
 * localStorage; and with no storage either, every page has every duty.
 */

import { local } from "../storage.js";

const LEASE_MS = 5_000;
const RENEW_MS = 2_000;
const nothing = () => {};

/** Stands for the duty called `name`; `won()` is called each time that it becomes ours. */
export class Duty {
  #ours = false;
  #won;
  #renew = nothing;
  #resign;

  /**
   * @param {string} name
   * @param {() => void} [won]
   */
  constructor(name, won = nothing) {
    this.#won = won;
    this.#resign = navigator.locks ? this.#lock(name) : this.#lease(name);
  }

  /** Whether it is ours now. */
  get ours() {
    this.#renew(); // a page in the background is late with its timers
    return this.#ours;
  }

  /** Leaves it to the others, for good. */
  resign() {
    this.#resign();
    this.#ours = false;
  }

  /** @param {boolean} ours */
  #turn(ours) {
    const before = this.#ours;
    this.#ours = ours;
    if (ours && !before) this.#won();
  }

  /** @param {string} name */
  #lock(name) {
    const over = new AbortController();
    const { signal } = over;
    const held = () => {
      if (signal.aborted) return undefined;
      this.#turn(true);
      return new Promise((release) => signal.addEventListener("abort", release));
    };
    // refused in some private windows: then every page has it
    navigator.locks.request(name, { signal }, held).catch(() => signal.aborted || this.#turn(true));
    return () => over.abort();
  }

  /** @param {string} name */
  #lease(name) {
    const self = Math.random().toString(36).slice(2);
    this.#renew = () => {
      const [owner, until] = (local.get(name) ?? "|0").split("|");
      const free = owner === self || Number(until) <= Date.now();
      if (free) local.set(name, `${self}|${Date.now() + LEASE_MS}`);
      this.#turn(free);
    };
    queueMicrotask(() => this.#renew()); // as a lock would be: not before whoever stands knows about it
    const timer = setInterval(() => this.#renew(), RENEW_MS);
    return () => {
      clearInterval(timer);
      this.#renew = nothing;
      if (this.#ours) local.set(name, null);
    };
  }
}
