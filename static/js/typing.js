/** Who is typing in a conversation: the other side as it tells us, and ourselves as we tell it. */

import { signal } from "./lib.js";
import { age } from "./server_time.js";

/** @import { Person, Said, Timer, Typing as Frame } from "./types.d.ts" */

const SHOWN_TIME_MS = 5_000;
const REPEAT_INTERVAL_MS = 3_000;

export class Typing {
  /** Who types, or null. */
  who = signal(/** @type {Person | null} */ (null));
  #uid;
  #me;
  #send;
  /** @type {Timer} */
  #timer;
  #toldAt = -Infinity; // by our age

  /**
   * `uid` is the conversation's, `me` our own; `send(frame)` takes what we say.
   *
   * @param {string} uid
   * @param {string} me
   * @param {(frame: Said) => unknown} send
   */
  constructor(uid, me, send) {
    this.#uid = uid;
    this.#me = me;
    this.#send = send;
  }

  /**
   * What stands in our field has changed: keys are moving, or the text is gone.
   *
   * @param {string} text
   */
  typed(text) {
    if (!text.trim()) this.#rest();
    else if (age() - this.#toldAt >= REPEAT_INTERVAL_MS) {
      this.#toldAt = age();
      this.#tell(true);
    }
  }

  /** Our text has left as a message, which says by itself that nobody types. */
  sent() {
    this.#toldAt = -Infinity;
  }

  /** @param {Frame} frame */
  heard({ user, on }) {
    if (user.uid === this.#me) return;
    clearTimeout(this.#timer);
    this.who.value = on ? user : null;
    if (on) this.#timer = setTimeout(() => (this.who.value = null), SHOWN_TIME_MS);
  }

  #rest() {
    if (this.#toldAt > -Infinity) this.#tell(false);
    this.#toldAt = -Infinity;
  }

  /** @param {boolean} on */
  #tell(on) {
    this.#send({ type: "typing", conversation: this.#uid, on });
  }
}
