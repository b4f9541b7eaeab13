/** Links in mails to the team: `/admin#join=<secret>`, `#help=` and `#confirm=`. The server never sees the fragment. */

/** What a link is for: to come in who was invited, or forgot the password; that an address be confirmed. @typedef {"join" | "help" | "confirm"} Purpose */

const FORM = /^#(join|help|confirm)=([\w-]+)$/;

/** What the address asks for, null where it is none of these. @returns {{ purpose: Purpose, secret: string } | null} */
export function linkInAddress() {
  const [, purpose, secret] = location.hash.match(FORM) ?? [];
  return secret ? { purpose: /** @type {Purpose} */ (purpose), secret } : null;
}

/** The link has done what it does, or is not to be followed: it must not stand in what the browser remembers. */
export const forgetLink = () => history.replaceState(null, "", location.pathname);
