/** What this browser remembers of the chat: it may refuse to, and then remembers nothing. */

const OPEN = "chatadmin.open";

/**
 * `open`, of this tab: "1" where the panel was left open, "0" where it or a teaser was closed. `token` and `wrote`, from
 * the first message on: see panel/kept.js.
 * @returns {{ open?: string, token?: string, wrote?: number }}
 */
export function remembered() {
  let open;
  try {
    open = sessionStorage[OPEN];
    return { open, ...JSON.parse(localStorage.chatadmin) };
  } catch {
    return { open };
  }
}

/** Somebody pressed. @param {boolean} open */
export function rememberOpen(open) {
  try {
    sessionStorage[OPEN] = +open;
  } catch {
    // as long as this page, then
  }
}
