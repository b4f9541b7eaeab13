/** Whether somebody looks at what this page shows. */

import { signal } from "./lib.js";

/** Whether it is shown at all: a frame says when its panel is closed; a page always is. */
export const shown = signal(true);

/** Whether the focus is wanted where one writes: somebody has just opened the panel, or pressed what is gone now. */
export const wanted = signal(false);

/** Whether somebody looks. In a frame the focus may be with the page around it: then the pointer says who reads here. */
export const looking = () =>
  shown.peek() && !document.hidden && (document.hasFocus() || (window !== parent && document.body.matches(":hover")));

/**
 * Calls `act` whenever that may have changed; returns how to stop.
 * @param {() => unknown} act
 */
export function whenLooking(act) {
  /** @type {[EventTarget, string][]} */
  const moments = [
    [window, "focus"],
    [document, "visibilitychange"],
    [document.documentElement, "pointerenter"],
  ];
  for (const [target, name] of moments) target.addEventListener(name, act);
  const stop = shown.subscribe(act);
  return () => {
    stop();
    for (const [target, name] of moments) target.removeEventListener(name, act);
  };
}
