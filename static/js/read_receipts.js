/** Read receipts: how far each side has read a conversation. */

import { signal } from "./lib.js";

/** @import { ReadMarks, Side } from "./types.d.ts" */

export class ReadReceipts {
  /** Up to which seq each side has read. */
  marks = signal(/** @type {ReadMarks} */ ({ visitor: 0, agent: 0 }));
  #as;
  #tell;
  #untold = 0; // read up to there, not yet told

  /**
   * `as` is our side; `tell(seq)` returns false while nobody can be told.
   *
   * @param {Side} as
   * @param {(seq: number) => boolean} tell
   */
  constructor(as, tell) {
    this.#as = as;
    this.#tell = tell;
  }

  /**
   * Everything up to `seq` has been before our eyes.
   *
   * @param {number} seq
   */
  saw(seq) {
    if (seq <= this.marks.peek()[this.#as]) return;
    if (this.#tell(seq)) this.mark(this.#as, seq);
    else this.#untold = seq;
  }

  /** There is somebody to tell again: tells what was read meanwhile. */
  retell() {
    if (this.#untold) this.saw(this.#untold);
    this.#untold = 0;
  }

  /**
   * One side has read up to `seq`.
   *
   * @param {Side} by
   * @param {number} seq
   */
  mark(by, seq) {
    const marks = this.marks.peek();
    if (seq > marks[by]) this.marks.value = { ...marks, [by]: seq };
  }
}
