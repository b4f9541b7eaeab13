/** Which part of the live list the agent looks at. Pure functions over values. */

/** @import { Groups, Key, Visitor } from "../types.d.ts" */

/** @type {{ name: string, words: Key }[]} */
export const VIEWS = [
  { name: "all", words: "views.all" },
  { name: "mine", words: "views.mine" },
  { name: "waiting", words: "views.waiting" },
];
const TAG_PREFIX = "tag:";

/** @param {string} label */
export const tagView = (label) => TAG_PREFIX + label;
/** @param {string} view */
export const tagOf = (view) => (view.startsWith(TAG_PREFIX) ? view.slice(TAG_PREFIX.length) : "");

/**
 * Whether the visitor `item` belongs to the view of the agent `mine`.
 * @param {string} view
 * @param {Visitor} item
 * @param {string} mine
 */
export function inView(view, item, mine) {
  if (view === "mine") return item.holder?.uid === mine;
  if (view === "waiting") return item.status === "waiting";
  const label = tagOf(view);
  return !label || Boolean(item.tags?.includes(label));
}

/**
 * The groups of the live list with only those `keeps(uid)` says yes to.
 * @param {Groups} groups
 * @param {(uid: string) => boolean} keeps
 * @returns {Groups}
 */
export const narrowed = (groups, keeps) =>
  /** @type {Groups} */ (Object.fromEntries(Object.entries(groups).map(([name, uids]) => [name, uids.filter(keeps)])));
