/** The live list as the agent sees it: the part they look at, in an order that stands still beneath a pointer. */

import { computed } from "../lib.js";
import { SHOWN_GROUPS, frozenOrder } from "./frozen_order.js";
import { preference } from "../preference.js";
import { inView, narrowed } from "./views.js";

/** @import { LiveList } from "./live_list.js" */

export class Listing {
  #liveList;
  #mine;

  /**
   * `mine` is our own uid.
   * @param {LiveList} liveList
   * @param {string} mine
   */
  constructor(liveList, mine) {
    this.#liveList = liveList;
    this.#mine = mine;
    this.view = preference(`view.${mine}`, "all");
    this.order = frozenOrder(computed(() => narrowed(liveList.groups.value, (uid) => this.#inView(uid))));
    /** The tags of those on the list. */
    this.labels = computed(
      () => (liveList.groups.value, [...new Set(liveList.items().flatMap((item) => item.tags ?? []))].sort()),
    );
    /** How many are here. */
    this.here = computed(() => (liveList.groups.value, liveList.items().filter((item) => item.online).length));
  }

  /**
   * Who is shown after (1) or before (-1) `uid`; the first or the last where that one is not shown.
   * @param {string | null} uid
   * @param {1 | -1} by
   * @returns {string | undefined}
   */
  beside(uid, by) {
    const uids = SHOWN_GROUPS.flatMap((name) => this.order.shown.peek()[name]);
    const at = uids.indexOf(uid ?? "");
    return uids[at < 0 ? (by > 0 ? 0 : uids.length - 1) : at + by];
  }

  /** @param {string} uid */
  #inView(uid) {
    const item = this.#liveList.row(uid)?.peek();
    return item !== undefined && inView(this.view.value, item, this.#mine);
  }
}
