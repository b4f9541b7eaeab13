/** How a picture lies before its reader: as a whole, or larger, and moved. */

import { signal } from "../../lib.js";

/** @typedef {{ x: number, y: number }} Point CSS pixels; of a place, from the middle of the stage. */

/** @type {Point} */
export const MIDDLE = { x: 0, y: 0 };
const LEAST_MOST = 4; // so far even a small picture may be enlarged

export class Lens {
  /** 1: all of it is seen. */
  scale = signal(1);
  /** Where its middle is. */
  at = signal(MIDDLE);
  /** How far a finger has pulled it that may be swiping. */
  pulled = signal(MIDDLE);
  /** @type {HTMLElement | null} */
  stage = null;

  get isLarge() {
    return this.scale.peek() > 1;
  }

  whole() {
    this.scale.value = 1;
    this.at.value = MIDDLE;
  }

  /**
   * Enlarges by `factor`; what is under `point` stays there.
   * @param {number} factor
   * @param {Point} [point]
   */
  zoom(factor, point = MIDDLE) {
    const picture = this.#picture();
    if (!picture) return;
    const most = Math.max(LEAST_MOST, picture.naturalWidth / picture.offsetWidth);
    const before = this.scale.peek();
    this.scale.value = Math.min(most, Math.max(1, before * factor));
    const { x, y } = this.at.peek();
    const by = 1 - this.scale.peek() / before;
    this.move({ x: (point.x - x) * by, y: (point.y - y) * by });
  }

  /**
   * Moves what is larger than the stage, and no further than to where it ends.
   * @param {Point} by
   */
  move(by) {
    const picture = this.#picture();
    if (!picture || !this.stage) return;
    const { x, y } = this.at.peek();
    this.at.value = {
      x: this.#within(x + by.x, picture.offsetWidth, this.stage.clientWidth),
      y: this.#within(y + by.y, picture.offsetHeight, this.stage.clientHeight),
    };
  }

  /**
   * @param {number} place
   * @param {number} size Of the picture as a whole.
   * @param {number} room
   */
  #within(place, size, room) {
    const most = Math.max(0, (size * this.scale.peek() - room) / 2);
    return Math.min(most, Math.max(-most, place));
  }

  /** Once it has come. */
  #picture() {
    const picture = this.stage?.querySelector("img");
    return picture?.naturalWidth ? picture : null;
  }
}
