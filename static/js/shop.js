/** What the shop shows of itself: its name, its greeting, its colour. A change is seen at once, wherever it is used. */

import { effect, signal } from "./lib.js";
import { dark } from "./theme.js";

/** @import { Shades, Shop, Signal } from "./types.d.ts" */

/** The element that holds the page, and what the server said to it. */
export const app = /** @type {HTMLElement} */ (document.getElementById("app"));
const SHADES = ["accent", "on-accent", "accent-strong", "accent-edge", "accent-ink", "chosen"];

/**
 * `{name, greeting, accent, palette}`, for a console more; `palette` is null for the product's own colour.
 * @type {Signal<Shop>}
 */
export const shop = signal(JSON.parse(app.dataset.shop ?? "{}"));

/**
 * The shop as the server tells it now.
 * @param {Shop} now
 */
export function learn(now) {
  if (JSON.stringify(now) !== JSON.stringify(shop.peek())) shop.value = now;
}

/**
 * Gives an element one theme's shades of a palette, or with null takes them away.
 * @param {HTMLElement} element
 * @param {Shades | null | undefined} shades
 */
export function paint({ style }, shades) {
  for (const name of SHADES) {
    if (shades) style.setProperty(`--${name}`, shades[name]);
    else style.removeProperty(`--${name}`);
  }
}

effect(() => paint(document.documentElement, shop.value.palette?.[dark.value ? "dark" : "light"]));
