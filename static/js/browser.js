/**
 * Whether this browser has what the pages cannot do without: each page's first import. In one that is too old nothing
 * else is run, and what the page says to it is shown (templates/page.html). Where not even this can be read, or no
 * cascade layer is known, that is shown all the same: it is the style sheet that hides it.
 */

/** What no page works without, as far as browsers that know modules may lack it. @type {[object, ...string[]][]} */
const NEEDED = [
  [Array.prototype, "at", "flatMap"],
  [Object, "fromEntries", "hasOwn"],
  [Intl, "PluralRules"],
  [
    window,
    "AbortController",
    "BroadcastChannel",
    "CSSLayerBlockRule",
    "ReadableStream",
    "ResizeObserver",
    "TextDecoder",
  ],
  [window.HTMLDialogElement?.prototype ?? {}, "showModal"],
];

const fits = NEEDED.every(([owner, ...names]) => names.every((name) => name in owner));
if (!fits || !CSS.supports("height", "100dvh")) {
  document.documentElement.dataset.old = "";
  await new Promise(() => {}); // whatever is imported after this one waits
}

export {}; // a module: an awaiting script is none else
