/** Where the session of the hosted page is: in a cookie, which all pages of this browser share. */

import { post, statusOf } from "../api.js";
import { inTurn } from "../leader_election.js";
import { watchLogins, whoami } from "../logins.js";
import { keepsCookies } from "../storage.js";
import { cameFrom } from "./referrer.js";

/** @import { Home, Host } from "../types.d.ts" */

const LINK = /^#(link|mail)=(.*)/;
const MOST_LANGUAGES = 5;

/**
 * @param {Host} host
 * @returns {Home}
 */
export function hosted({ idle, found, left, noted }) {
  const logins = watchLogins("visitor", { idle, found, left });
  let used = ""; // the link that is being used, of which the browser may tell as of a change
  addEventListener("hashchange", () => LINK.test(location.hash) && location.hash !== used && location.reload());

  /**
   * Somebody continues here, by a link, or by that of a letter. It does not stay in the address: it is worth a session.
   * @param {string} kind
   * @param {string} secret
   */
  async function useLink(kind, secret) {
    used = location.hash;
    if (!keepsCookies()) {
      noted("note.cookies"); // it would be used up for nothing
      return false;
    }
    const over = await post(`/login/${kind}`, { secret, cookie: true }).then(
      () => false,
      (error) => {
        const status = statusOf(error);
        if (!status || status === 429 || status >= 500) throw error; // not used up: tried again
        return true;
      },
    );
    history.replaceState(null, "", location.pathname);
    if (over) noted("note.linkOver");
    return !over;
  }

  return {
    async whoami() {
      const [, kind, secret] = LINK.exec(location.hash) ?? [];
      const usable = !kind || (await useLink(kind, secret));
      return usable ? whoami("visitor") : null;
    },
    // in turn: what two pages send at once is one visitor's
    enter: (entered) =>
      inTurn("chatadmin.visitor.enter", async () => {
        const { timeZone: tz } = Intl.DateTimeFormat().resolvedOptions();
        const from = { page: cameFrom(), tz, languages: navigator.languages.slice(0, MOST_LANGUAGES) };
        await post("/login/widget", { ...entered, ...from, cookie: true });
        return whoami("visitor"); // nobody, where the cookie was not kept
      }),
    came: () => logins.tell("came"),
    left: () => logins.tell("left"),
    over: logins.look,
  };
}
