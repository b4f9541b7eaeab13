// The linter's rule on what the oldest browsers lack.
import { test } from "node:test";
import { RuleTester } from "eslint";
import globals from "globals";
import rule from "../../tools/lacking.mjs";

RuleTester.it = RuleTester.itOnly = (name, run) => test(name, run);
RuleTester.describe = (_name, run) => run();

/** @param {string} what */
const lacks = (what) => [{ messageId: "lacking", data: { what } }];

new RuleTester({ languageOptions: { globals: globals.browser } }).run("lacking", rule, {
  valid: [
    "structuredClone([1].at(-1))",
    "new AbortController().abort()",
    "document.body.replaceChildren()",
    "element.showModal()",
    "const scheduler = new Map(); scheduler.get(1)",
    'addEventListener("pagehide", close)',
    'html`<button type="button" inputmode="text">popover</button>`',
    { code: "new Intl.Segmenter()", options: [{ optional: ["Intl.Segmenter"] }] },
  ],
  invalid: [
    { code: "AbortSignal.any([])", errors: lacks("AbortSignal.any") },
    { code: "Promise.withResolvers()", errors: lacks("Promise.withResolvers") },
    { code: "[3, 1].toSorted()", errors: lacks(".toSorted") },
    { code: "new Intl.Segmenter()", errors: lacks("Intl.Segmenter") },
    { code: "navigator.userActivation", errors: lacks("navigator.userActivation") },
    { code: "document.startViewTransition()", errors: lacks("document.startViewTransition") },
    { code: "element.checkVisibility()", errors: lacks(".checkVisibility") },
    { code: "pen.roundRect(0, 0, 1, 1, 1)", errors: lacks(".roundRect") },
    { code: "requestIdleCallback(draw)", errors: lacks("requestIdleCallback") },
    { code: 'box.addEventListener("scrollend", draw)', errors: lacks("the event scrollend") },
    { code: "html`<div popover=auto></div>`", errors: lacks("the attribute popover") },
    { code: "html`<main inert></main>`", errors: lacks("the attribute inert") },
  ],
});
