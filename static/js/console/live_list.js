/**
 * The live list as the stream tells it: visitors, who holds them, and the team.
 *
 * A signal for each visitor and one for the order: a change of a row paints that row alone, and only what decides a
 * place (`placeOf`) sorts the list again, so a thousand visitors stay light.
 */

import { batch, computed, signal } from "../lib.js";
import { called, nameKey } from "./called.js";
import { group, placeOf } from "./groups.js";
import { writersOf } from "./writers.js";

/** @import { Agent, Liveness, Signal, Snapshot, Timer, Visitor, VisitorChange } from "../types.d.ts" */

const FEW_ROWS = 500; // rows that are no burden, gone or not
const SORT_DELAY_MS = 50; // a burst of changes is sorted once

export class LiveList {
  /** @type {Map<string, Signal<Visitor>>} */
  #rows = new Map();
  /** Who on the list has a name. @type {Map<string, Set<string>>} */
  #named = new Map();
  #order = signal(0);
  /** @type {Timer} */
  #settling;
  loaded = signal(false);
  /** Whether what is shown is current: "live", or "lost" while the stream is away. @type {Signal<Liveness>} */
  state = signal("lost");
  /** @type {Signal<Agent[]>} */
  agents = signal([]);
  /** Whether there is no room for more files. */
  full = signal(false);
  #mine;
  #changed;
  #shows;

  /**
   * `mine` is our own uid; `changed(before, after, quiet)` is told of each change, `shows(uid)` says who is on the screen.
   * @param {string} mine
   * @param {(before: Visitor | undefined, after: Visitor, quiet: boolean) => void} [changed]
   * @param {(uid: string) => boolean} [shows]
   */
  constructor(mine, changed = () => {}, shows = () => true) {
    this.#mine = mine;
    this.#changed = changed;
    this.#shows = shows;
    this.groups = computed(() => {
      void this.#order.value; // sorted anew when it moves
      return group(
        [...this.#rows.values()].map((row) => row.peek()).filter((item) => !item.gone),
        this.#mine,
      );
    });
  }

  /**
   * The visitor's signal, or undefined. It outlives the visitor's stay on the list, then with `gone: true`.
   * @param {string} uid
   */
  row(uid) {
    return this.#rows.get(uid);
  }

  /**
   * Who is writing in this visitor's conversation, or undefined where we do not know them.
   * @param {string} uid
   */
  writers(uid) {
    const row = this.#rows.get(uid);
    return row && writersOf(row);
  }

  /**
   * These visitors, as far as they are known; follows changes when read inside a component.
   * @param {string[]} uids
   */
  of(uids) {
    void this.#order.value; // a row may appear
    return uids.flatMap((uid) => this.#rows.get(uid)?.value ?? []);
  }

  /**
   * The visitor as known now, or undefined; follows changes when read inside a component.
   * @param {string} uid
   */
  item(uid) {
    void this.#order.value; // a row may appear
    return this.#rows.get(uid)?.value;
  }

  /**
   * Knows a visitor whom the live list does not show, from the store; a change of theirs puts them on it.
   * @param {Visitor} item
   */
  adopt(item) {
    if (this.#rows.has(item.uid)) return;
    const alike = this.#named.has(nameKey(item));
    this.#rows.set(item.uid, signal({ ...item, called: called(item, alike), gone: true }));
    this.#order.value++;
  }

  items() {
    return [...this.#rows.values()].map((row) => row.peek()).filter((item) => !item.gone);
  }

  /**
   * @param {string} type
   * @param {any} data As the stream tells it: what `type` says it is.
   */
  apply(type, data) {
    batch(() => {
      if (type === "snapshot") this.#snapshot(data);
      else if (type === "agent") this.#agent(data);
      else if (type === "files") this.full.value = data.full;
      else if (type === "visitor" || type === "conversation") this.#visitor(data);
    });
  }

  /**
   * All that a page that has just opened needs to know, or null while we do not know it ourselves.
   * @returns {Snapshot | null}
   */
  snapshot() {
    return this.loaded.peek() ? { visitors: this.items(), agents: this.agents.peek(), full: this.full.peek() } : null;
  }

  /** @param {Snapshot} snapshot */
  #snapshot({ visitors, agents, full = false }) {
    this.full.value = full; // the stream says it behind the list, another page of ours with it
    const seen = new Set(visitors.map((item) => item.uid));
    for (const uid of this.#rows.keys()) if (!seen.has(uid)) this.#visitor({ uid, gone: true });
    for (const item of visitors) this.#visitor(item, !this.loaded.peek());
    this.agents.value = team(agents);
    this.loaded.value = true;
    this.#order.value++;
  }

  /**
   * @param {Visitor | VisitorChange} change
   * @param {boolean} [quiet]
   */
  #visitor(change, quiet = false) {
    const row = this.#rows.get(change.uid);
    if (!row) {
      if (change.gone || !isWhole(change)) return; // a change of somebody we were never told of
      const met = signal({ ...change, name: change.name ?? change.nickname });
      this.#rows.set(change.uid, met);
      this.#call(undefined, met.peek());
      this.#resort();
      this.#changed(undefined, met.peek(), quiet);
      return;
    }
    const before = row.peek();
    const after = { ...before, gone: false, ...change };
    row.value = after;
    if (isWhole(change) || before.gone !== after.gone) this.#call(before, after);
    if (before.gone !== after.gone || placeOf(before) !== placeOf(after)) this.#resort();
    this.#changed(before, row.peek(), quiet);
  }

  /**
   * What a visitor is called, and with them whoever has that name or had it with them.
   * @param {Visitor | undefined} before
   * @param {Visitor} after
   */
  #call(before, after) {
    if (before) this.#named.get(nameKey(before))?.delete(after.uid);
    const key = nameKey(after);
    if (!after.gone) this.#named.set(key, (this.#named.get(key) ?? new Set()).add(after.uid));
    for (const name of new Set([before ? nameKey(before) : key, key])) {
      const alike = this.#named.get(name) ?? new Set();
      const others = alike.size > 2 ? [] : alike; // of more than two all have their number, and keep it
      for (const uid of new Set([...others, after.uid])) this.#name(uid, alike.size > (alike.has(uid) ? 1 : 0));
      if (!alike.size) this.#named.delete(name);
    }
  }

  /**
   * @param {string} uid
   * @param {boolean} alike
   */
  #name(uid, alike) {
    const row = this.#rows.get(uid);
    if (!row) return;
    const name = called(row.peek(), alike);
    if (row.peek().called !== name) row.value = { ...row.peek(), called: name };
  }

  #resort() {
    if (this.#settling) return;
    this.#settling = setTimeout(() => {
      this.#settling = undefined;
      this.#forget();
      this.#order.value++;
    }, SORT_DELAY_MS);
  }

  /** A console stays open for days: visitors long gone, whom nothing on the screen shows, are let go. */
  #forget() {
    if (this.#rows.size < FEW_ROWS) return;
    for (const [uid, row] of this.#rows) if (row.peek().gone && !this.#shows(uid)) this.#rows.delete(uid);
  }

  /** @param {Agent} agent */
  #agent(agent) {
    const others = this.agents.peek().filter((known) => known.uid !== agent.uid);
    this.agents.value = team(agent.disabled ? others : [...others, agent]);
  }
}

/**
 * @param {Visitor | VisitorChange} change
 * @returns {change is Visitor}
 */
const isWhole = (change) => change.nickname !== undefined;

/**
 * Who is there first, then by name.
 * @param {Agent[]} agents
 */
const team = (agents) =>
  [...agents].sort((a, b) => Number(b.online) - Number(a.online) || a.nickname.localeCompare(b.nickname));
