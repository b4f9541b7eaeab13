/** Canned replies: the shop's own and this agent's, for the composer's "/" and for whoever edits them. */

import { signal } from "../lib.js";

export class Replies {
  /** `{id, shortcut, text, shared}`, in the order to show. */
  list = signal([]);
}

/** A reply's text with `{name}`, `{agent}` and `{shop}` filled in; what is unknown stays as it was written. */
export const fill = (text, values) => text.replace(/\{(name|agent|shop)\}/g, (whole, name) => values[name] ?? whole);
