/** The live list as the agent sees it: the part they look at, in an order that stands still beneath a pointer. */

import { computed, signal } from "../lib.js";
import { SHOWN_GROUPS, frozenOrder } from "./frozen_order.js";
import { preference } from "../preference.js";
import { inView, narrowed } from "./views.js";

/** @import { Browsing } from "./browsing.js" */
/** @import { LiveList } from "./live_list.js" */

// Rows of ours that are painted while others wait: those who have waited longest are seen beneath them on 800 px of height.
const MOST_OF_OURS = 5;
// Who only browses, however many: some at once, and more of them at each press.
const FEW_BROWSING = 10;
const MORE_BROWSING = 100;

export class Listing {
  #liveList;
  #mine;

  /** Whether all of ours are painted, though others wait. */
  unfolded = signal(false);
  #browsing = signal(FEW_BROWSING); // how many of them are painted

  /**
   * `mine` is our own uid; `shows(uid)` says who is never folded away.
   * @param {LiveList} liveList
   * @param {Browsing} browsing
   * @param {string} mine
   * @param {(uid: string) => boolean} shows
   */
  constructor(liveList, browsing, mine, shows) {
    this.#liveList = liveList;
    this.#mine = mine;
    this.view = preference(`view.${mine}`, "all");
    this.order = frozenOrder(
      computed(() => ({
        ...narrowed(liveList.groups.value, (uid) => this.#inView(uid)),
        browsing: this.view.value === "all" ? browsing.keys.value : [],
      })),
    );
    /** The tags of those on the list. */
    this.labels = computed(
      () => (liveList.groups.value, [...new Set(liveList.items().flatMap((item) => item.tags ?? []))].sort()),
    );
    /** Ours that are folded away: never who is owed an answer longest. */
    this.folded = computed(() => {
      const { mine: ours, waiting } = this.order.shown.value;
      if (!waiting.length || ours.length <= MOST_OF_OURS + 1) return []; // one more row is no larger than saying so
      return ours.slice(MOST_OF_OURS).filter((uid) => !shows(uid));
    });
    /** Of who browses, who is folded away. */
    this.foldedBrowsing = computed(() => {
      const { browsing: keys } = this.order.shown.value;
      const most = this.#browsing.value;
      return keys.length <= most + 1 ? [] : keys.slice(most).filter((key) => !shows(key));
    });
    /** How many are here. */
    this.here = computed(() => (liveList.groups.value, liveList.items().filter((item) => item.online).length));
  }

  /** Paints more of who browses. */
  unfoldBrowsing = () => (this.#browsing.value += MORE_BROWSING);

  /**
   * Who is shown after (1) or before (-1) `uid`; the first or the last where that one is not shown.
   * @param {string | null} uid
   * @param {1 | -1} by
   * @returns {string | undefined}
   */
  beside(uid, by) {
    const away = new Set(this.foldedBrowsing.peek());
    const uids = SHOWN_GROUPS.flatMap((name) => this.order.shown.peek()[name]).filter((key) => !away.has(key));
    const at = uids.indexOf(uid ?? "");
    return uids[at < 0 ? (by > 0 ? 0 : uids.length - 1) : at + by];
  }

  /** @param {string} uid */
  #inView(uid) {
    const item = this.#liveList.row(uid)?.peek();
    return item !== undefined && inView(this.view.value, item, this.#mine);
  }
}
