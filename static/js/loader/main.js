/** The one tag of a shop's page: it brings the launcher, and `chatadmin(...)` to command it by (static/widget.d.ts). */

import { beat, consent, watchPresence } from "./beacon.js";
import { language, t } from "./language.js";
import { emit, endLife, life, on } from "./life.js";
import { chatOrigin, options } from "./options.js";
import { place, sayPlace, watchPlace } from "./place.js";
import { dock, host, label, launcher, show, showTeaser, showUnread } from "./view.js";
import { local, parsed, session } from "../storage.js";

/** @import { Panel } from "../types.d.ts" */

const BACK_FOR_MS = 7 * 24 * 3_600_000;

/** @type {Promise<Panel> | undefined} */
let panel;

/** What only those need who open the panel, or have written, is loaded for them. @param {(panel: Panel) => unknown} act */
function use(act) {
  panel ??= import(`${chatOrigin}/widget-panel.js`).then((module) => module.default(shared));
  return panel.then(act, () => {
    panel = undefined;
    window.open(chatOrigin);
  });
}

/** What the panel has of all this. */
const shared = { dock, emit, known: {}, language, life, on, options, place, showTeaser, showUnread };

/** Every method of `chatadmin(method, ...)`. @type {Record<string, (...given: any[]) => unknown>} */
const methods = {
  open: (given) => use((panel) => panel.open(given)),
  close: () => panel?.then(({ close }) => close()),
  toggle: () => use(({ toggle }) => toggle()),
  show: () => dock.classList.remove("hidden"),
  hide: () => dock.classList.add("hidden"),
  set(given) {
    Object.assign(shared.known, given);
    emit("known");
  },
  locale(tag) {
    options.lang = tag;
    label();
    emit("locale");
  },
  consent,
  page(given = {}) {
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
  if (!Array.isArray(called)) return; // loaded twice is loaded once
  /** @param {string} method @param {any[]} given */
  const chatadmin = (method, ...given) => methods[method]?.(...given);
  chatadmin.q = { push: (/** @type {[string]} */ call) => chatadmin(...call) }; // for who kept what was there
  window.chatadmin = chatadmin;
  launcher.onclick = (event) => use(({ toggle }) => toggle(event));
  show();
  watchPlace(moved);
  watchPresence();
  document.dispatchEvent(new Event("chatadmin:ready"));
  for (const call of called) queueMicrotask(() => chatadmin.q.push(call)); // one that throws keeps no other back
  if ("requestIdleCallback" in window) requestIdleCallback(begin);
  else setTimeout(begin, 200);
}

/** What can wait until the page has nothing better to do. */
function begin() {
  if (life.aborted) return;
  beat();
  const open = session.get("chatadmin.open");
  const { token, wrote } = parsed(local.get("chatadmin"), {});
  if (open === "1") use(({ reopen }) => reopen());
  else if (token && Date.now() - wrote < BACK_FOR_MS) use(({ load }) => load());
  if (!open) showTeaser(t("teaser"));
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
