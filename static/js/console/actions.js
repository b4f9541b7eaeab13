/**
 * What an agent does to a conversation. The stream tells everybody of the outcome; a refusal is a sentence that says
 * what happened, and leaves all as it was.
 */

import { call, post } from "../api.js";
import { reason, t } from "../i18n.js";
import { isStale, loadChunk } from "../chunk.js";
import { now } from "../server_time.js";
import { moment } from "../time.js";

/** @import { Agent, Key, Visitor } from "../types.d.ts" */
/** @import { Workspace } from "./workspace.js" */

export class Actions {
  /** Visitors whose conversation we are just acting upon. @type {Set<string>} */
  busy = new Set();
  #workspace;

  /** @param {Workspace} workspace */
  constructor(workspace) {
    this.#workspace = workspace;
  }

  /**
   * Takes the conversation and puts the cursor into the composer; the loser of a race is told who won.
   * @param {Visitor} item
   * @param {{ takeOver?: boolean }} [options]
   */
  async claim(item, { takeOver = false } = {}) {
    this.#workspace.writesSoon = item.uid;
    const done = await this.#ask(item, "claim", takeOver ? { take_over: true } : {});
    if (done) this.#workspace.focus("composer");
    else this.#workspace.writesSoon = null;
    return done;
  }

  /** @param {Visitor} item */
  async release(item) {
    if (await this.#ask(item, "release")) this.#say("done.released", { name: item.called });
  }

  /** @param {Visitor} item */
  async resolve(item) {
    if (!(await this.#ask(item, "resolve"))) return;
    this.#say("done.resolved", { name: item.called });
    this.#workspace.doneWith(item.uid);
  }

  /**
   * @param {Visitor} item
   * @param {Agent} to
   * @param {string} note
   */
  async transfer(item, to, note) {
    const done = await this.#ask(item, "transfer", { to: to.uid, note });
    if (!done) return false;
    this.#say("done.transferred", { name: item.called, holder: to.nickname });
    this.#workspace.doneWith(item.uid);
    return true;
  }

  /**
   * Lays it aside until `until` (Date); how long that is goes out, so that nobody's clock is asked twice.
   * @param {Visitor} item
   * @param {Date} until
   */
  async snooze(item, until) {
    if (!(await this.#ask(item, "snooze", { for_ms: Math.round(until.getTime() - now()) }))) return;
    this.#say("done.snoozed", { name: item.called, time: moment(until) });
    this.#workspace.doneWith(item.uid);
  }

  /**
   * @param {Visitor} item
   * @param {string} tag
   * @param {boolean} on
   */
  async tag(item, tag, on) {
    return this.#ask(item, "tags", { tag, on });
  }

  /**
   * @param {Visitor} item
   * @param {boolean} on
   */
  async block(item, on) {
    if (await this.#ask(item, "block", { on }))
      this.#say(on ? "done.blocked" : "done.unblocked", { name: item.called });
  }

  /**
   * From now on this is their address, with their consent; "" for none. Throws as `call` does.
   * @param {Visitor} item
   * @param {string} email
   */
  async address({ uid, gone }, email) {
    const { value } = await call("PUT", `/v1/visitors/${uid}/contact?as=agent`, { email });
    const mail = { agreed: Boolean(value.agreed), at: value.agreed, by: value.by };
    this.#workspace.liveList.apply("visitor", { uid, gone, email: value.email, mail }); // as of #ask
  }

  /**
   * Has the browser keep the conversation with `uid`, as "html" or "json".
   * @param {string} uid
   * @param {"html" | "json"} format
   */
  async save(uid, format) {
    try {
      const { save } = await loadChunk(() => import("../transcript.js"));
      await save("agent", format, uid);
    } catch (error) {
      this.#workspace.notices.say(t(isStale(error) ? "chunk.stale" : "save.failed"), "trouble");
    }
  }

  /**
   * Whether we take conversations, for all who look.
   * @param {boolean} accepting
   */
  async setAccepting(accepting) {
    try {
      await post("/v1/me/status?as=agent", { accepting });
    } catch (error) {
      this.#workspace.notices.say(reason(error), "trouble");
    }
  }

  /**
   * @param {Visitor} item
   * @param {string} verb
   * @param {object} [body]
   */
  async #ask(item, verb, body = {}) {
    const { notices, liveList, lost } = this.#workspace;
    if (lost.peek()) return void notices.say(t("why.lost"), "trouble");
    this.busy.add(item.uid);
    try {
      const state = await post(`/v1/conversations/${item.uid}/${verb}`, body);
      liveList.apply("conversation", state); // at once; the stream says the same a moment later
      return true;
    } catch (error) {
      notices.say(reason(error), "trouble");
      return false;
    } finally {
      this.busy.delete(item.uid);
    }
  }

  /**
   * @param {Key} key
   * @param {Record<string, string>} values
   */
  #say(key, values) {
    this.#workspace.notices.say(t(key, values));
  }
}
