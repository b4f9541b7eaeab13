/** Lookup of conversations that the live list may not show: their visitors are asked of the server first. */

import { signal } from "../lib.js";
import { get } from "../api.js";
import { reason, t } from "../i18n.js";
import { jumpTo } from "../jump.js";

/** @import { Workspace } from "./workspace.js" */

export class Lookup {
  /** What is searched for: kept while what was found is looked at. */
  sought = signal("");
  #workspace;

  /** @param {Workspace} workspace */
  constructor(workspace) {
    this.#workspace = workspace;
  }

  /**
   * Opens the conversation at the entry `seq`.
   * @param {string} uid
   * @param {number} seq
   */
  async jump(uid, seq) {
    if (!(await this.meet(uid))) return;
    const { open, conversations, notices } = this.#workspace;
    open(uid, { focus: true });
    if (!(await jumpTo(conversations.get(uid), seq))) notices.say(t("jump.far"), "trouble");
  }

  /**
   * Opens the conversation of a visitor who may be long gone.
   * @param {string} uid
   */
  async visit(uid) {
    if (await this.meet(uid)) this.#workspace.open(uid, { focus: true });
  }

  /**
   * Opens the conversation that another goes on in, and takes along what was being written there.
   * @param {string} uid
   * @param {string} into
   */
  follow(uid, into) {
    const { conversations } = this.#workspace;
    const [from, to] = [conversations.draft(uid), conversations.draft(into)];
    if (!to.peek()) [to.value, from.value] = [from.peek(), ""];
    return this.visit(into);
  }

  /**
   * Knows a visitor whom the live list does not show; false where there is no such one, or no answer.
   * @param {string} uid
   */
  async meet(uid) {
    const { liveList, notices } = this.#workspace;
    try {
      if (!liveList.row(uid)) liveList.adopt(await get(`/v1/visitors/${encodeURIComponent(uid)}?as=agent`));
      return true;
    } catch (error) {
      notices.say(reason(error), "trouble");
      return false;
    }
  }
}
