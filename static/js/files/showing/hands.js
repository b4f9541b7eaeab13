/** What fingers, the mouse and keys do to a picture: enlarge and move it, turn to another one, close it. */

import { age } from "../../server_time.js";
import { MIDDLE } from "./lens.js";

/** @import { Lens, Point } from "./lens.js" */

/** @typedef {PointerEvent & { currentTarget: HTMLElement }} Pointing */

const SWIPE_PX = 60; // further is meant
const TAP_PX = 8; // nearer was no move
const DOUBLE_TAP_MS = 300;
const KEY_PX = 60; // by which a key moves
const TAPPED = 2.5; // how much larger a picture is that was tapped twice
export const STEP = 1.5; // how much by a key or a button
const forward = document.documentElement.dir === "rtl" ? -1 : 1; // to the right

/**
 * The handlers of a stage. `turn(by)`: to the picture so many after this one.
 * @param {Lens} lens
 * @param {{ turn: (by: number) => void, close: () => void }} acts
 */
export function fingers(lens, { turn, close }) {
  /** @type {Map<number, Point>} */
  const down = new Map();
  /** How far the only finger has gone; null where there were two. @type {Point | null} */
  let gone = null;
  const since = age();
  let tappedAt = -Infinity;

  /** @param {Point} by */
  const swiped = ({ x, y }) => {
    if (Math.abs(y) > Math.abs(x)) close();
    else turn(x < 0 ? forward : -forward);
  };
  /** @param {Point} at */
  const tapped = (at) => {
    const twice = age() - tappedAt < DOUBLE_TAP_MS;
    tappedAt = twice ? -Infinity : age();
    if (twice) lens.zoom(lens.isLarge ? 0 : TAPPED, at);
  };

  return {
    /** @param {Pointing} event */
    onPointerDown(event) {
      if (event.button) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      down.set(event.pointerId, place(event));
      gone = down.size === 1 ? { x: 0, y: 0 } : null;
    },

    /** @param {Pointing} event */
    onPointerMove(event) {
      const [at, before] = [place(event), down.get(event.pointerId)];
      if (!before) return;
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
      down.set(event.pointerId, at);
      const by = { x: at.x - before.x, y: at.y - before.y };
      if (other) {
        lens.move({ x: by.x / 2, y: by.y / 2 });
        lens.zoom(between(at, other) / between(before, other), { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 });
      } else if (gone) {
        gone = { x: gone.x + by.x, y: gone.y + by.y };
        if (lens.isLarge) lens.move(by);
        else lens.pulled.value = gone;
      }
    },

    /** @param {Pointing} event */
    onPointerUp(event) {
      lens.pulled.value = MIDDLE;
      if (!down.delete(event.pointerId) || !gone) return;
      const far = Math.hypot(gone.x, gone.y);
      if (far > SWIPE_PX && !lens.isLarge) swiped(gone);
      else if (far < TAP_PX && !isBeside(event)) tapped(place(event));
      else if (far < TAP_PX && age() - since > DOUBLE_TAP_MS) close(); // else it is the second half of what opened it
    },

    /** @param {PointerEvent} event */
    onPointerCancel({ pointerId }) {
      down.delete(pointerId);
      lens.pulled.value = MIDDLE;
    },

    /** @param {WheelEvent & { currentTarget: HTMLElement }} event */
    onWheel(event) {
      event.preventDefault();
      lens.zoom(Math.exp(-event.deltaY / 300), place(event));
    },
  };
}

/**
 * The same for keys. What lies beneath has keys of its own, and hears of none.
 * @param {Lens} lens
 * @param {{ turn: (by: number) => void }} acts
 */
export function keys(lens, { turn }) {
  /** @param {number} x */
  const sideways = (x) => (lens.isLarge ? lens.move({ x: -x * KEY_PX, y: 0 }) : turn(x * forward));
  /** @type {Record<string, (() => void) | undefined>} */
  const acts = {
    "+": () => lens.zoom(STEP),
    "=": () => lens.zoom(STEP),
    "-": () => lens.zoom(1 / STEP),
    0: () => lens.whole(),
    ArrowRight: () => sideways(1),
    ArrowLeft: () => sideways(-1),
    ArrowUp: () => lens.move({ x: 0, y: KEY_PX }),
    ArrowDown: () => lens.move({ x: 0, y: -KEY_PX }),
  };
  return (/** @type {KeyboardEvent} */ event) => {
    event.stopPropagation();
    if (!event.ctrlKey && !event.metaKey && !event.altKey) acts[event.key]?.();
  };
}

/**
 * From the middle of the stage.
 * @param {MouseEvent & { currentTarget: HTMLElement }} event
 */
function place({ clientX, clientY, currentTarget }) {
  const { left, top, width, height } = currentTarget.getBoundingClientRect();
  return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
}

/**
 * How far apart; never nothing.
 * @param {Point} one
 * @param {Point} other
 */
const between = (one, other) => Math.hypot(one.x - other.x, one.y - other.y) || 1;

/**
 * Whether it is the stage that was tapped, beside the picture: it has caught the pointer, so the place decides.
 * @param {Pointing} event
 */
function isBeside({ clientX: x, clientY: y, currentTarget }) {
  const picture = currentTarget.querySelector("img")?.getBoundingClientRect();
  if (!picture?.width) return false; // it is still coming
  return x < picture.left || x > picture.right || y < picture.top || y > picture.bottom;
}
