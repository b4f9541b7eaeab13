/** The order of the list as it is shown: that of the roster, except that it stands still beneath a pointer. */

import { computed, effect, signal } from "../lib.js";
import { GROUPS } from "./groups.js";

const RESTS_MS = 30_000; // a mouse left lying on the list must not hide the next visitor for good

const same = (a, b) => GROUPS.every((name) => a[name].length === b[name].length && a[name].every((uid, n) => uid === b[name][n]));

const empty = (groups) => GROUPS.every((name) => groups[name].length === 0);

/**
 * `shown`: the groups to paint; `behind`: whether the roster has moved on since. Hand `enter`, `move` and `leave` to the
 * list's pointer events (a mouse or a pen; a finger rests on nothing).
 */
export function frozenOrder(groups) {
  const shown = signal(groups.peek());
  const frozen = signal(false);
  let timer = 0;
  effect(() => {
    const latest = groups.value;
    const still = frozen.value && !empty(shown.peek());
    if (!still && !same(shown.peek(), latest)) shown.value = latest;
  });
  const thaw = () => {
    clearTimeout(timer);
    frozen.value = false;
  };
  const freeze = (event) => {
    if (event.pointerType === "touch") return;
    clearTimeout(timer);
    timer = setTimeout(thaw, RESTS_MS);
    frozen.value = true;
  };
  return {
    shown,
    behind: computed(() => frozen.value && !same(shown.value, groups.value)),
    enter: freeze,
    move: freeze,
    leave: thaw,
    thaw,
  };
}
