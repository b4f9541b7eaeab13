/**
 * The look of launcher and teaser. Their sides are physical: the shop chose a corner, whichever way its page is read; what
 * closes them stands where that ends.
 */

import { options } from "./options.js";

const LOOK = `
:host {
  all: initial !important;
  position: fixed !important;
  z-index: var(--chatadmin-z, 2147483000) !important;
}
@media print { :host { display: none !important } }
.dock > * { position: fixed; font: 15px/1.4 system-ui }
.hidden > :not(.panel) { display: none }
button {
  font: inherit;
  color: CanvasText;
  background: Canvas;
  border: 1px solid #8884;
  border-radius: 16px;
  box-shadow: 0 6px 24px #10182838;
  cursor: pointer;
}
:focus-visible { outline: 2px solid; outline-offset: -5px } /* within, where it can be seen on every page */
.launcher {
  width: 60px;
  height: 60px;
  border-radius: 50%;
  forced-color-adjust: none;
}
.launcher::before {
  content: "";
  position: absolute;
  inset: 15px;
  background: currentColor;
  clip-path: path(evenodd, "M5 2h18a4 4 0 0 1 4 4v11a4 4 0 0 1-4 4h-9l-6 5v-5H5a4 4 0 0 1-4-4V6a4 4 0 0 1 4-4m2 6h14v2H7m0 5h9v2H7");
}
.teaser { margin-bottom: 72px; max-width: 300px }
.bubble { min-height: 46px; padding: 11px 16px; padding-inline-end: 44px; text-align: start; unicode-bidi: plaintext; overflow-wrap: anywhere }
b { display: block }
.x { position: absolute; top: 1px; inset-inline-end: 1px; width: 44px; height: 44px; font-size: 20px; border: 0; box-shadow: none }
`;

/** All of it, with what the shop chose. */
export function look() {
  const { side, x, y, theme, accent, onAccent } = options;
  return (
    `${LOOK}.dock{color-scheme:${theme ?? "light dark"}}` +
    `.dock>*{${side}:${x}px;bottom:calc(${y}px + env(safe-area-inset-bottom))}.launcher{background:${accent} border-box;color:${onAccent}}`
  );
}
