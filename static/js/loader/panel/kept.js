/**
 * What the shop's browser keeps for us, from the first message on: `token`, the session, and `wrote`, when the last
 * message was sent (milliseconds since 1970). Where it keeps nothing, that lasts as long as the page.
 */

import { local, parsed } from "../../storage.js";

const KEY = "chatadmin";

export class Kept {
  /** @type {{ token?: string, wrote?: number }} */
  #kept = parsed(local.get(KEY), {});

  get token() {
    return this.#kept.token ?? "";
  }

  /** @param {{ token?: string, wrote?: number }} news A token of "" forgets everything. */
  keep(news) {
    this.#kept = news.token === "" ? {} : { ...this.#kept, ...news };
    local.set(KEY, this.token && JSON.stringify(this.#kept));
    if (!this.token) local.set(KEY, null);
  }

  /** Whether another tab of this shop changed the token: what it is now counts. */
  lookAgain() {
    const before = this.token;
    this.#kept = parsed(local.get(KEY), {});
    return this.token !== before;
  }
}
