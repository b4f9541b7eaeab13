/** The one tag of a shop's page: it brings the launcher, and `chatadmin(...)` to command it by (static/widget.d.ts). */

import { beat, consent, watchPresence } from "./beacon.js";
import { remembered } from "./kept.js";
import { t } from "./language.js";
import { endLife, life } from "./life.js";
import { chatOrigin, options } from "./options.js";
import { place, sayPlace, watchPlace } from "./place.js";
import { dock, emit, host, label, launcher, on, show, showTeaser } from "./view.js";

/** @import { Known, Panel } from "../types.d.ts" */

const BACK_FOR_MS = 7 * 24 * 3_600_000;

/** @type {Promise<Panel> | undefined} */
let panel;
/** @type {Known} */
const known = {};

/**
 * What only those need who open the panel, or have written, is loaded for them. Where that fails, so does a frame.
 * @param {keyof Panel} method
 * @param {any[]} given
 */
function use(method, ...given) {
  panel ??= import(`${chatOrigin}/widget-panel.js`).then((module) =>
    module.default({ dock, known, life, options, place, showTeaser }),
  );
  return panel.then(
    (its) => /** @type {any} */ (its)[method](...given),
    () => {
      panel = undefined;
      if (given[0]) open(chatOrigin, "", "noopener"); // the same chat, in a tab, for who wanted it
    },
  );
}

/** Every method of `chatadmin(method, ...)`. @type {Record<string, (...given: any[]) => unknown>} */
const methods = {
  open: (given = {}) => use("open", given),
  close: () => panel && use("close"),
  toggle: () => use("toggle"),
  show: () => dock.classList.remove("hidden"),
  hide: () => dock.classList.add("hidden"),
  set(given) {
    Object.assign(known, given);
    emit("known");
  },
  locale(tag) {
    options.lang = tag;
    label();
    emit("locale");
  },
  consent,
  page(given) {
    sayPlace(given);
    moved();
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

function moved() {
  emit("page");
  beat();
}

function start() {
  const called = window.chatadmin?.q ?? [];
  if (!called.map) return; // loaded twice is loaded once
  /** @param {string} method @param {any[]} given */
  const chatadmin = (method, ...given) => life.aborted || methods[method]?.(...given);
  chatadmin.q = { push: (/** @type {[string]} */ call) => chatadmin(...call) }; // for who kept what was there
  window.chatadmin = /** @type {any} */ (chatadmin);
  launcher.onclick = (event) => use("toggle", event);
  show();
  watchPlace(moved);
  watchPresence();
  document.dispatchEvent(new Event("chatadmin:ready"));
  for (const call of called) queueMicrotask(() => chatadmin.q.push(call)); // one that throws keeps no other back
  queueMicrotask(begin);
}

/** As it was on the page before. */
function begin() {
  if (life.aborted) return;
  beat();
  const { open, token, wrote = 0 } = remembered();
  if (open === "1") use("reopen");
  else if (token && Date.now() - wrote < BACK_FOR_MS) use("load");
  if (!open) showTeaser(t("teaser"));
}

/** The page has better things to do first, such as to take over the markup that its server sent (React and the like). */
const wait = () => (window.requestIdleCallback ?? setTimeout)(start, { timeout: 2_000 });
if (document.body) wait();
else document.addEventListener("DOMContentLoaded", wait);
