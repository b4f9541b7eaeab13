/**
 * A sound for what comes while nobody looks. Browsers allow one only after a key or a click on the page; several pages of
 * one browser elect a leader, so that one alone makes the noise.
 */

import { LeaderElection } from "./leader_election.js";
import { play, unlock } from "./sound.js";

const PAUSE_MS = 1_500; // several at once are one sound
const GESTURES = ["pointerdown", "keydown"]; // what browsers take for leave to make a sound

export class Bell {
  #name;
  /** @type {LeaderElection | null} */
  #election = null; // only a page that may make a sound stands for it
  #rungAt = -Infinity;

  /** @param {string} name Of the election: pages that share it make one noise. */
  constructor(name) {
    this.#name = name;
    for (const kind of GESTURES) addEventListener(kind, this.#unlock);
    if (navigator.userActivation?.hasBeenActive) this.#unlock(); // the log-in was such a gesture
  }

  /**
   * Rings, unless another page does, or it has rung just now.
   * @param {Parameters<typeof play>[0]} sound
   */
  ring(sound) {
    if (!this.#election?.leads || performance.now() - this.#rungAt <= PAUSE_MS) return;
    this.#rungAt = performance.now();
    play(sound);
  }

  close() {
    this.#election?.resign();
    this.#forget();
  }

  #unlock = async () => {
    if (!(await unlock())) return;
    this.#forget();
    this.#election ??= new LeaderElection(this.#name);
  };

  #forget() {
    for (const kind of GESTURES) removeEventListener(kind, this.#unlock);
  }
}
