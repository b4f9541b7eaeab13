/** What a desk goes by as long as it is there: the browser's moments, the connection's trouble, the number in the title. */

import { effect } from "../lib.js";
import { t } from "../i18n.js";
import { shop } from "../shop.js";
import { showCount } from "./badge.js";
import { look } from "./eyes.js";

/** @import { Desk } from "./desk.js" */

const BANNER_MS = 5_000; // trouble shorter than this is not worth a word

/**
 * Begins to watch; returns how to stop.
 * @param {Desk} desk
 */
export function watch(desk) {
  const closers = [...moments(desk), ...effects(desk)];
  return () => closers.forEach((close) => close());
}

/**
 * @param {Desk} desk
 * @returns {(() => void)[]}
 */
function moments(desk) {
  // after sleep, on a new network, on coming back: are they really there?
  const probe = () => (desk.cases.probe(), desk.stream.probe());
  const seen = () => {
    shows(desk);
    if (!document.hidden) probe();
  };
  /** @type {[EventTarget, string, () => void][]} */
  const handlers = [
    [window, "focus", () => shows(desk)],
    [window, "blur", () => shows(desk)],
    [window, "online", probe],
    [window, "pageshow", probe],
    [document, "visibilitychange", seen],
  ];
  return handlers.map(([target, type, handler]) => {
    target.addEventListener(type, handler);
    return () => target.removeEventListener(type, handler);
  });
}

/** @param {Desk} desk */
const effects = (desk) => [
  effect(() =>
    showCount(desk.needsMe.value, shop.value.name ? t("title", { shop: shop.value.name }) : t("title.plain")),
  ),
  effect(() => trouble(desk)),
  effect(() => {
    // an address that names somebody who is not on the list
    const uid = desk.selected.value;
    if (uid && desk.roster.loaded.value && !desk.roster.row(uid)) desk.meet(uid);
  }),
  effect(() => shows(desk)),
];

/** @param {Desk} desk */
const shows = (desk) => look(desk.screen.value ? "" : (desk.selected.value ?? ""));

/** @param {Desk} desk */
function trouble(desk) {
  const live = desk.cases.live.value && desk.roster.state.value === "live";
  if (live) desk.lost.value = false;
  const timer = live ? 0 : setTimeout(() => (desk.lost.value = true), BANNER_MS);
  return () => clearTimeout(timer);
}
