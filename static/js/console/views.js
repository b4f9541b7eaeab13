/** Which part of the live list the agent looks at. Plain functions over plain values. */

export const VIEWS = ["all", "mine", "waiting"];
const TAG = "tag:";

export const tagView = (label) => TAG + label;
export const tagOf = (view) => (view.startsWith(TAG) ? view.slice(TAG.length) : "");

/** Whether the visitor `item` belongs to the view of the agent `mine`. */
export function inView(view, item, mine) {
  if (view === "mine") return item.holder?.uid === mine;
  if (view === "waiting") return item.status === "waiting";
  const label = tagOf(view);
  return !label || Boolean(item.tags?.includes(label));
}

/** The groups of the roster with only those `keeps(uid)` says yes to. */
export const narrowed = (groups, keeps) =>
  Object.fromEntries(Object.entries(groups).map(([name, uids]) => [name, uids.filter(keeps)]));
