/** The session of who has written, as this page knows it. */

import { remembered, rememberChat } from "../kept.js";

/** @import { Remembered } from "../../types.d.ts" */

export class Kept {
  #chat = remembered();

  get token() {
    return this.#chat.token ?? "";
  }

  /** @param {Remembered} news A token of "" forgets everything. */
  keep(news) {
    this.#chat = news.token === "" ? {} : { ...this.#chat, ...news };
    rememberChat(this.#chat);
  }

  /** Whether another tab of this shop changed the token: what it is now counts. */
  lookAgain() {
    const before = this.token;
    this.#chat = remembered();
    return this.token !== before;
  }
}
