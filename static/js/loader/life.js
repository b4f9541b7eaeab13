/** What ends with the widget. */

const controller = new AbortController();

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
