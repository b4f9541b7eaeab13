/** A log that is linked to a conversation: read as that is, a page at a time, and never written into. */

import { batch, signal } from "../lib.js";
import { call } from "../api.js";
import { History, PAGE_SIZE } from "../history.js";

/** @import { Page } from "../types.d.ts" */
/** @import { Conversation } from "../conversation.js" */

/** @type {WeakMap<object, Map<string, LinkedLog>>} */
const logs = new WeakMap(); // by conversation and uid: what was read once stays as long as the conversation does

/** To a message in it what its conversation is to others. */
export class LinkedLog {
  state = signal(/** @type {"loading" | "ready" | "failed"} */ ("loading"));
  target = signal(0);
  unfolded = signal(/** @type {ReadonlySet<number>} */ (new Set()));
  closed = false;

  /**
   * @param {Conversation} conversation
   * @param {string} uid Whose log it was.
   */
  constructor({ uid: owner, as, me }, uid) {
    this.as = as;
    this.me = as === "visitor" ? uid : me;
    /** @param {string} more @param {number} limit @returns {Promise<Page>} */
    this.page = (more, limit) =>
      call("GET", `/v1/msgs?as=${as}&client=${owner}&linked=${uid}&frames=1&limit=${limit}${more}`);
    this.history = new History(this.page);
    this.load();
  }

  load = async () => {
    this.state.value = "loading";
    try {
      const page = await this.history.newest();
      if (!page) return;
      batch(() => {
        this.history.show(page);
        this.state.value = "ready";
      });
    } catch {
      this.state.value = "failed"; // and a button asks again
    }
  };

  /** The page above what is shown; whether it came. */
  loadOlder = (limit = PAGE_SIZE) => this.history.loadOlder(limit).catch(() => false);

  /**
   * @param {number} seq
   * @param {boolean} whole
   */
  unfold(seq, whole) {
    const others = [...this.unfolded.peek()].filter((one) => one !== seq);
    this.unfolded.value = new Set(whole ? [...others, seq] : others);
  }
}

/**
 * @param {Conversation} conversation
 * @param {string} uid
 */
export function logOf(conversation, uid) {
  const known = logs.get(conversation) ?? new Map();
  logs.set(conversation, known);
  const log = known.get(uid) ?? new LinkedLog(conversation, uid);
  known.set(uid, log);
  return log;
}
