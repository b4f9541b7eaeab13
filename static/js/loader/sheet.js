/** The look of launcher and teaser. Sides are physical: the shop chose a corner, whichever way its page is read. */

import { sheetOf } from "./dom.js";
import { options } from "./options.js";

const LOOK = `
:host {
  all: initial !important;
  position: fixed !important;
  z-index: var(--chatadmin-z, 2147483000) !important;
}
@media print { :host { display: none !important } }
.dock {
  position: fixed;
  display: flex;
  flex-direction: column;
  gap: 12px;
  font: 15px/1.4 system-ui, sans-serif;
  pointer-events: none;
}
.dock > * { pointer-events: auto }
.hidden > :not(.panel), b:empty { display: none }
button { font: inherit; color: CanvasText; background: Canvas; border: 1px solid #8884; border-radius: 16px; cursor: pointer; box-shadow: 0 6px 24px #10182838 }
:focus-visible { outline: 2px solid #fff; box-shadow: 0 0 0 4px #16191f }
.launcher {
  position: relative;
  width: 60px;
  height: 60px;
  border-radius: 50%;
  background: var(--accent) border-box;
  color: var(--on-accent);
}
.launcher:hover { transform: scale(1.06) }
.launcher::before {
  content: "";
  position: absolute;
  inset: 15px;
  background: currentColor;
  clip-path: path(evenodd, "M5 2h18a4 4 0 0 1 4 4v11a4 4 0 0 1-4 4h-9l-6 5v-5H5a4 4 0 0 1-4-4V6a4 4 0 0 1 4-4zm2 6h14v2H7zm0 5h9v2H7z");
}
b { position: absolute; top: -5px; right: -5px; min-width: 14px; padding: 0 5px; border-radius: 12px; background: #c62f3b; color: #fff; font: 700 12px/24px system-ui, sans-serif }
.teaser { position: relative; max-width: min(300px, 80vw) }
.bubble { min-height: 46px; padding: 11px 44px 11px 16px; text-align: start; overflow-wrap: anywhere; display: flex; flex-direction: column }
.bubble strong { font-size: 13px }
.x { position: absolute; top: 1px; right: 1px; width: 44px; height: 44px; font-size: 20px; border: 0; box-shadow: none }
@media (prefers-reduced-motion: no-preference) {
  .dock > *, .launcher::before { transition: .2s }
  .bubble { animation: come .2s }
  @keyframes come { from { opacity: 0; transform: translateY(8px) } }
}
@media (forced-colors: active) { .launcher::before { background: ButtonText } }
`;

/** The shades for a theme. @param {"light" | "dark"} theme */
function shades(theme) {
  const { accent, "on-accent": onAccent } = options.palette[theme];
  return `--accent:${options.accent ?? accent};--on-accent:${options.onAccent ?? onAccent}`;
}

/** All of it, with what the shop chose. */
export function look() {
  const { side, x, y, theme } = options;
  return sheetOf(
    `${LOOK}.dock{${side}:${x}px;bottom:calc(${y}px + env(safe-area-inset-bottom));align-items:${side === "left" ? "start" : "end"};` +
      `--y:${y}px;--x:${x}px;color-scheme:${theme ?? "light dark"};${shades(theme ?? "light")}}` +
      (theme ? "" : `@media(prefers-color-scheme:dark){.dock{${shades("dark")}}}`),
  );
}
