/** What ends with the widget, and what happens in it. */

const controller = new AbortController();
const happenings = new EventTarget();

/** Over once the shop says `destroy`. */
export const life = controller.signal;
export const endLife = () => controller.abort();

/**
 * Listens as long as the widget lives.
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: any) => unknown} act
 */
export const listen = (target, type, act) => target.addEventListener(type, act, { signal: life });

/**
 * @param {string} event `ready open close message unread error`, for the shop; and for the panel `known locale page`.
 * @param {(detail: any) => unknown} act What it throws is its own affair.
 * @returns {() => void} Ends it.
 */
export function on(event, act) {
  const heard = (/** @type {any} */ { detail }) => act(detail);
  happenings.addEventListener(event, heard);
  return () => happenings.removeEventListener(event, heard);
}

/** @param {string} event @param {object} [detail] */
export const emit = (event, detail) => happenings.dispatchEvent(new CustomEvent(event, { detail }));
