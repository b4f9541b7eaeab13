/** A text that is not sent yet. */

import { signal } from "./lib.js";
import { session } from "./storage.js";

/**
 * A signal of a draft, which a reload of the tab does not lose.
 * @param {string} key Names its place in the tab's storage.
 */
export function keptDraft(key) {
  const draft = signal(session.get(key) ?? "");
  draft.subscribe((text) => session.set(key, text || null));
  return draft;
}
