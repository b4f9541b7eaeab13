/**
 * Leader election among the pages of one browser: the leader reads the stream for all of them, or makes the noise.
 *
 * The leader has a Web Lock, which falls to the next page when it goes. Over HTTP without TLS, where there are no locks,
 * it has a lease in localStorage; and with no storage either, every page leads.
 */

import { local } from "./storage.js";

const LEASE_MS = 5_000;
const RENEWAL_INTERVAL_MS = 2_000;
const nothing = () => {};

/** This page stands for the election called `name`; `won()` is called each time that it becomes the leader. */
export class LeaderElection {
  #leading = false;
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

  /** Whether this page is the leader now. */
  get leads() {
    this.#renew(); // a page in the background is late with its timers
    return this.#leading;
  }

  /** Leaves the lead to the other pages, for good. */
  resign() {
    this.#resign();
    this.#leading = false;
  }

  /** @param {boolean} leads */
  #turn(leads) {
    const before = this.#leading;
    this.#leading = leads;
    if (leads && !before) this.#won();
  }

  /** @param {string} name */
  #lock(name) {
    const over = new AbortController();
    const { signal } = over;
    const granted = () => {
      if (signal.aborted) return undefined;
      this.#turn(true);
      return new Promise((release) => signal.addEventListener("abort", release));
    };
    // refused in some private windows: then every page leads
    navigator.locks.request(name, { signal }, granted).catch(() => signal.aborted || this.#turn(true));
    return () => over.abort();
  }

  /** @param {string} name */
  #lease(name) {
    const self = Math.random().toString(36).slice(2);
    /* eslint-disable no-restricted-properties -- pages of one machine have its clock in common, right or wrong */
    this.#renew = () => {
      const [owner, until] = (local.get(name) ?? "|0").split("|");
      const left = Number(until) - Date.now();
      const free = owner === self || left <= 0 || left > LEASE_MS; // longer than any: the clock was set back
      if (free) local.set(name, `${self}|${Date.now() + LEASE_MS}`);
      this.#turn(free);
    };
    /* eslint-enable no-restricted-properties */
    queueMicrotask(() => this.#renew()); // as a lock would be: not before the constructor has returned
    const timer = setInterval(() => this.#renew(), RENEWAL_INTERVAL_MS);
    return () => {
      clearInterval(timer);
      this.#renew = nothing;
      if (this.#leading) local.set(name, null);
    };
  }
}

/**
 * What `act` gives, which runs while no other page of this browser is at the same; where there are no locks, at once.
 * @template T
 * @param {string} name What they would be at.
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
export async function inTurn(name, act) {
  let begun = false;
  const begin = () => ((begun = true), act());
  try {
    return await (navigator.locks ? navigator.locks.request(name, begin) : begin());
  } catch (error) {
    if (begun) throw error;
    return act(); // refused in some private windows
  }
}
