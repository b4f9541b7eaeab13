/** Conversations that a colleague handed to us: which of them we have not looked at, and which are not dealt with. */

import { computed } from "../lib.js";
import { t } from "../i18n.js";
import { looking } from "./attention.js";
import { preference } from "../preference.js";

/** @import { Visitor } from "../types.d.ts" */
/** @import { Workspace } from "./workspace.js" */

const KEPT = 100; // that were dealt with without an answer; the server forgets those that were answered

export class HandOvers {
  #workspace;
  #dealt;

  /** @param {Workspace} workspace */
  constructor(workspace) {
    this.#workspace = workspace;
    this.#dealt = preference(`dealt.${workspace.me.uid}`, /** @type {string[]} */ ([]));
    /** Those that we have not looked at. */
    this.unseen = computed(() =>
      workspace.liveList.of(workspace.liveList.groups.value.mine).filter((item) => this.isUnseen(item)),
    );
  }

  /**
   * The hand-over by which a conversation is ours and to which we have not answered, or null.
   * @param {Visitor} item
   */
  of(item) {
    const { me, isMine } = this.#workspace;
    const given = item.handed_over;
    return given && isMine(item) && given.to.uid === me.uid && given.by.uid !== me.uid ? given : null;
  }

  /**
   * By the read mark, which all our pages share: behind the hand-over stands that it is ours.
   * @param {Visitor} item
   */
  isUnseen(item) {
    const given = this.of(item);
    return given !== null && !this.#workspace.conversations.hasRead(item.uid, given.seq + 1);
  }

  /**
   * What still stands above the thread, or null.
   * @param {Visitor} item
   */
  open(item) {
    const given = this.of(item);
    return given && !this.#dealt.value.includes(keyOf(item.uid, given)) ? given : null;
  }

  /** @param {Visitor} item */
  dealtWith(item) {
    const given = this.of(item);
    if (given) this.#dealt.value = [...this.#dealt.peek(), keyOf(item.uid, given)].slice(-KEPT);
  }

  /**
   * The hand-over by which a conversation that is before our eyes has just become ours, or null.
   * @param {Visitor | undefined} before
   * @param {Visitor} after
   */
  landed(before, after) {
    const given = this.of(after);
    return given && given.seq !== before?.handed_over?.seq && looking(after.uid) ? given : null;
  }

  /**
   * Says of such a one that it has: nothing else would.
   * @param {Visitor | undefined} before
   * @param {Visitor} after
   */
  changed(before, after) {
    const given = this.landed(before, after);
    if (given) this.#workspace.notices.say(t("given.notice", { by: given.by.nickname, name: after.called }));
  }
}

/**
 * What one hand-over is known by; `seq` alone counts in its conversation.
 * @param {string} uid
 * @param {{ seq: number }} given
 */
export const keyOf = (uid, { seq }) => `${uid} ${seq}`;
