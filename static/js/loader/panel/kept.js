/** The sessions of who has written and of who is identified, as this page knows them, in the shop's own storage. */

import { rememberChat, remembered, rememberProven } from "../kept.js";

/** @import { Proven, Remembered } from "../../types.d.ts" */

export class Kept {
  /** @type {Remembered} */
  #chat;
  /** @type {Proven} */
  #proven;
  #isAsked;

  constructor() {
    const { open, identity = "{}", ...chat } = remembered();
    this.#chat = chat;
    this.#proven = JSON.parse(identity);
    this.#isAsked = Boolean(open || chat.token);
  }

  /** The session of who is not identified. */
  get token() {
    return this.#chat.token ?? "";
  }

  get proven() {
    return this.#proven;
  }

  /** @param {Remembered} news A token of "" forgets everything. */
  keep(news) {
    this.#chat = news.token === "" ? {} : { ...this.#chat, ...news };
    rememberChat(this.#chat);
  }

  /** @param {Proven} news */
  prove(news) {
    const { token, adopt } = { ...this.#proven, ...news };
    this.#proven = { token: token || undefined, adopt: adopt || undefined };
    if (this.#isAsked) rememberProven(this.#proven);
  }

  /** Somebody opened the chat, or wrote: who they are need not be forgotten with the page. */
  asked() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.prove({});
  }

  /** Whether another tab of this shop changed the token: what it is now counts. */
  lookAgain() {
    const before = this.token;
    const { token, wrote } = remembered();
    this.#chat = { token, wrote };
    return this.token !== before;
  }
}
