/** The theme of the page: light or dark as the system has it, or as was chosen for this browser. */

import { computed, effect, signal } from "./lib.js";

/** @import { Signal, Theme } from "./types.d.ts" */

const page = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(system.matches);
system.addEventListener("change", () => (systemDark.value = system.matches));

/** The server says it first, so that nothing flashes. @type {Signal<Theme>} */
export const theme = signal(/** @type {Theme} */ (page.dataset.theme));

export const dark = computed(() => (theme.value === "system" ? systemDark.value : theme.value === "dark"));

effect(() => void (page.dataset.theme = theme.value));
