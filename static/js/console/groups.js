/** Which group of the list a visitor belongs to, and in which order. Pure functions over values. */

/** @import { GroupName, Groups, Visitor } from "../types.d.ts" */

/** @type {GroupName[]} */
export const GROUPS = ["mine", "waiting", "held", "here", "snoozed", "left"];

/**
 * The group's name, or null for a visitor who is not shown. `mine` is our own uid.
 * @param {Visitor} item
 * @param {string} mine
 * @returns {GroupName | null}
 */
function groupOf(item, mine) {
  if (item.status === "blocked") return null;
  if (item.status === "held") return item.holder?.uid === mine ? "mine" : "held";
  if (item.status === "waiting" || item.status === "snoozed") return item.status;
  return item.online ? "here" : "left";
}

/**
 * Since when the visitor is owed an answer (RFC 3339), or null. A claim answers nobody; and who was answered, came back to
 * the queue and was taken again, is owed nothing.
 * @param {Visitor} item
 */
export function owedSince({ status, waiting_since, last }) {
  return status === "waiting" || (status === "held" && last?.by !== "agent") ? waiting_since : null;
}

/** @param {string | null} text */
const time = (text) => (text ? Date.parse(text) : 0);
/** @param {Visitor} item */
const owed = (item) => time(owedSince(item)) || Infinity;
/**
 * @param {Visitor} a
 * @param {Visitor} b
 */
const byUid = (a, b) => (a.uid < b.uid ? -1 : 1);

/** @type {Record<GroupName, (a: Visitor, b: Visitor) => number>} */
const ORDER = {
  mine: (a, b) => owed(a) - owed(b) || ORDER.held(a, b), // who is owed an answer first
  waiting: (a, b) => time(a.waiting_since) - time(b.waiting_since) || byUid(a, b), // longest first
  held: (a, b) => time(a.enter_at) - time(b.enter_at) || byUid(a, b), // steady: a message moves no row
  here: (a, b) => time(b.enter_at) - time(a.enter_at) || byUid(a, b), // newest first
  snoozed: (a, b) => time(a.snoozed_until) - time(b.snoozed_until) || byUid(a, b), // who wakes first
  left: (a, b) => time(b.left_at) - time(a.left_at) || byUid(a, b),
};

/**
 * What decides a row's place. While it stays the same, the list need not be sorted again.
 * @param {Visitor} item
 */
export function placeOf(item) {
  const { status, online, holder, snoozed_until, enter_at, left_at, tags } = item;
  return [status, online, holder?.uid, owedSince(item), snoozed_until, enter_at, left_at, tags].join("|");
}

/**
 * Each group's uids, in order. `mine` is our own uid.
 * @param {Visitor[]} items
 * @param {string} mine
 */
export function group(items, mine) {
  /** @type {Record<GroupName, Visitor[]>} */
  const sets = { mine: [], waiting: [], held: [], here: [], snoozed: [], left: [] };
  for (const item of items) {
    const name = groupOf(item, mine);
    if (name) sets[name].push(item);
  }
  for (const name of GROUPS) sets[name].sort(ORDER[name]);
  const uids = (/** @type {Visitor[]} */ set) => set.map((item) => item.uid);
  return /** @type {Groups} */ (Object.fromEntries(GROUPS.map((name) => [name, uids(sets[name])])));
}

/**
 * How long a wait is: "" below a minute, then "amber", from three minutes on "red".
 * @param {number} waitedMs
 */
export function urgency(waitedMs) {
  if (waitedMs >= 180_000) return "red";
  return waitedMs >= 60_000 ? "amber" : "";
}
