/** What a workspace watches: moments of the browser, trouble of the connection, the number in the title. */

import { effect } from "../lib.js";
import { t } from "../i18n.js";
import { shop } from "../shop.js";
import { showCount } from "./badge.js";
import { isBrowsing } from "./browsing.js";
import { look } from "./attention.js";

/** @import { Workspace } from "./workspace.js" */

const BANNER_DELAY_MS = 5_000; // trouble shorter than this is not worth a word

/**
 * Begins to watch; returns how to stop.
 * @param {Workspace} workspace
 */
export function watch(workspace) {
  const closers = [...moments(workspace), ...effects(workspace)];
  return () => closers.forEach((close) => close());
}

/**
 * @param {Workspace} workspace
 * @returns {(() => void)[]}
 */
function moments(workspace) {
  // after sleep, on a new network, on coming back: are socket and stream really there?
  const probe = () => (workspace.conversations.probe(), workspace.stream.probe());
  const rest = () => workspace.conversations.connection.rest();
  const seen = () => {
    shows(workspace);
    if (!document.hidden) probe();
  };
  /** @type {[EventTarget, string, () => void][]} */
  const handlers = [
    [window, "focus", () => shows(workspace)],
    [window, "blur", () => shows(workspace)],
    [window, "online", probe],
    [window, "pageshow", probe],
    [window, "pagehide", rest],
    [document, "freeze", rest],
    [document, "resume", probe],
    [document, "visibilitychange", seen],
  ];
  return handlers.map(([target, type, handler]) => {
    target.addEventListener(type, handler);
    return () => target.removeEventListener(type, handler);
  });
}

/** @param {Workspace} workspace */
const effects = (workspace) => [
  effect(() =>
    showCount(workspace.needsMe.value, shop.value.name ? t("title", { shop: shop.value.name }) : t("title.plain")),
  ),
  effect(() => trouble(workspace)),
  effect(() => {
    // an address that names somebody who is not on the list; of who browsed and has gone nobody knows
    const uid = workspace.selected.value;
    if (!uid || !workspace.liveList.loaded.value) return;
    if (isBrowsing(uid)) workspace.browsing.row(uid) ?? workspace.leave();
    else if (!workspace.liveList.row(uid)) workspace.lookup.meet(uid);
  }),
  effect(() => shows(workspace)),
];

/** @param {Workspace} workspace */
const shows = (workspace) => look(workspace.screen.value ? "" : (workspace.selected.value ?? ""));

/** @param {Workspace} workspace */
function trouble(workspace) {
  const live = workspace.conversations.live.value && workspace.liveList.state.value === "live";
  if (live) workspace.lost.value = false;
  const timer = live ? 0 : setTimeout(() => (workspace.lost.value = true), BANNER_DELAY_MS);
  return () => clearTimeout(timer);
}
