/** Which group of the list a visitor belongs to, and in which order. Pure functions over values. */

/** @import { GroupName, Groups, Visitor } from "../types.d.ts" */

/** @type {GroupName[]} */
export const GROUPS = ["waiting", "held", "here", "snoozed", "left"];

/**
 * The group's name, or null for a visitor who is not shown.
 * @param {Visitor} item
 * @returns {GroupName | null}
 */
export function groupOf(item) {
  if (item.status === "blocked") return null;
  if (item.status === "waiting" || item.status === "held" || item.status === "snoozed") return item.status;
  return item.online ? "here" : "left";
}

/** @param {string | null} text */
const time = (text) => (text ? Date.parse(text) : 0);
/**
 * @param {Visitor} a
 * @param {Visitor} b
 */
const byUid = (a, b) => (a.uid < b.uid ? -1 : 1);

/** @type {Record<GroupName, (a: Visitor, b: Visitor) => number>} */
const ORDER = {
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
  const { holder, waiting_since, snoozed_until, enter_at, left_at, tags } = item;
  return [groupOf(item), holder?.uid, waiting_since, snoozed_until, enter_at, left_at, tags].join("|");
}

/**
 * `{waiting, held, here, snoozed, left}`, each a list of uids in order. Conversations of `mine` come first among the held.
 * @param {Visitor[]} items
 * @param {string} mine
 */
export function group(items, mine) {
  /** @type {Record<GroupName, Visitor[]>} */
  const sets = { waiting: [], held: [], here: [], snoozed: [], left: [] };
  for (const item of items) {
    const name = groupOf(item);
    if (name) sets[name].push(item);
  }
  const own = (/** @type {Visitor} */ item) => (item.holder?.uid === mine ? 0 : 1);
  sets.held.sort((a, b) => own(a) - own(b) || ORDER.held(a, b));
  for (const name of GROUPS) if (name !== "held") sets[name].sort(ORDER[name]);
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
