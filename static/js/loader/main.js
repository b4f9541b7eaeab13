/** The one tag of a shop's page: it brings the launcher, and `chatadmin(...)` to command it by (static/widget.d.ts). */

import { beat, consent, seen, watchPresence } from "./beacon.js";
import { remembered } from "./kept.js";
import { t } from "./language.js";
import { endLife, life } from "./life.js";
import { chatOrigin, options } from "./options.js";
import { place, sayPlace, watchPlace } from "./place.js";
import { dock, host, label, launcher, on, show, showTeaser } from "./view.js";

/** @import { ShopCall } from "../types.d.ts" */

const BACK_FOR_MS = 7 * 24 * 3_600_000;

/** What was called, in order: the panel does the most of it, from where it puts another in the place of `push`. @type {ShopCall[]} */
const calls = [];
/** @type {Promise<void> | undefined} */
let panel;

/**
 * What only those need who open the panel, or have written, is loaded for them. Where that fails, so does a frame.
 * @param {unknown} [given] By whom it is to be opened.
 */
function load(given) {
  panel ??= import(`${chatOrigin}/widget-panel.js`).then((module) =>
    module.default({ calls, dock, life, options, place, seen, showTeaser }),
  );
  panel.catch(() => {
    panel = undefined;
    if (given) open(chatOrigin, "", "noopener"); // the same chat, in a tab, for who wanted it
  });
}

/** What of `chatadmin(method, ...)` is done here. @type {Record<string, (...given: any[]) => unknown>} */
const methods = {
  open: () => load(true),
  toggle: () => load(true),
  show: () => dock.classList.remove("hidden"),
  hide: () => dock.classList.add("hidden"),
  locale(tag) {
    options.lang = tag;
    label();
  },
  consent,
  page(given) {
    sayPlace(given);
    beat();
  },
  on(event, act) {
    if (event === "ready") act();
    return on(event, act);
  },
  destroy() {
    endLife();
    host.remove();
    delete window.chatadmin;
  },
};

/** @param {ShopCall} call */
function chatadmin(...call) {
  if (life.aborted) return;
  const [method, ...given] = call;
  const answer = methods[method]?.(...given);
  calls.push(call);
  return answer;
}
chatadmin.q = { push: (/** @type {ShopCall} */ call) => chatadmin(...call) }; // for who kept what was there

function start() {
  /** @type {ShopCall[]} */
  const called = window.chatadmin?.q ?? [];
  if (!called.map) return; // loaded twice is loaded once
  window.chatadmin = /** @type {any} */ (chatadmin);
  launcher.onclick = (/** @type {any} */ event) => chatadmin("toggle", event, event.currentTarget.invite); // or a teaser
  show();
  watchPlace(() => chatadmin("page"));
  watchPresence();
  document.dispatchEvent(new Event("chatadmin:ready"));
  for (const call of called) queueMicrotask(() => chatadmin(...call)); // one that throws keeps no other back
  queueMicrotask(begin);
}

/** As it was on the page before. */
function begin() {
  if (life.aborted) return;
  beat();
  const { open, identity, token, wrote = 0 } = remembered();
  if (open === "1" || identity || (token && Date.now() - wrote < BACK_FOR_MS)) load();
  if (!open) showTeaser(t("teaser"));
}

/** The page has better things to do first, such as to take over the markup that its server sent (React and the like). */
const wait = () => (window.requestIdleCallback ?? setTimeout)(start, { timeout: 2_000 });
if (document.body) wait();
else document.addEventListener("DOMContentLoaded", wait);
