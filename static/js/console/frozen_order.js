/** The order of the list as it is shown: that of the live list, except that nothing moves beneath a pointer. */

import { computed, signal } from "../lib.js";
import { GROUPS } from "./groups.js";

/** @import { Computed, Groups, ListedGroups, ShownGroups, Signal } from "../types.d.ts" */

const REST_LIMIT_MS = 10_000; // a mouse left lying on the list is not about to press

/**
 * The groups as painted: those of the live list, who browses, and who came while the order stood still.
 * @type {(keyof ShownGroups)[]}
 */
export const SHOWN_GROUPS = ["mine", "waiting", "held", "here", "browsing", "snoozed", "left", "fresh"];

/** Of who only browses nobody is told that they came: they do so all the time. @param {Groups} groups */
const all = (groups) => GROUPS.flatMap((name) => groups[name]);
/** @param {ListedGroups} groups */
const everybody = (groups) => [...all(groups), ...groups.browsing];
/**
 * @param {Groups} a
 * @param {Groups} b
 */
const same = (a, b) =>
  GROUPS.every((name) => a[name].length === b[name].length && a[name].every((uid, n) => uid === b[name][n]));

/**
 * `shown`: the groups to paint; `behind`: whether the live list's order is another. Hand `enter`, `move` and `leave` to
 * the list's pointer events (a mouse or a pen; a finger rests on nothing).
 * @param {Computed<ListedGroups>} groups
 */
export function frozenOrder(groups) {
  /** @type {Signal<ListedGroups | null>} */
  const still = signal(null); // the order that stands still, or null
  let timer = 0;
  const thaw = () => {
    clearTimeout(timer);
    still.value = null;
  };
  /** @param {PointerEvent} event */
  const freeze = (event) => {
    if (event.pointerType === "touch" || !everybody(groups.peek()).length) return;
    clearTimeout(timer);
    timer = setTimeout(thaw, REST_LIMIT_MS);
    still.value ??= groups.peek();
  };
  const shown = computed(() => {
    const latest = groups.value;
    if (!still.value) return { ...latest, fresh: [] };
    const known = new Set(all(still.value));
    return { ...still.value, fresh: all(latest).filter((uid) => !known.has(uid)) }; // at the end, where they push nobody
  });
  const behind = computed(() => still.value !== null && !same(still.value, groups.value));
  /** @param {string} uid */
  const shows = (uid) => everybody(still.peek() ?? groups.peek()).includes(uid);
  return { shown, shows, behind, enter: freeze, move: freeze, leave: thaw, thaw };
}
