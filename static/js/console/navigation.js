/** Navigation: which screen and which conversation are up. The page's address says so too, so that Back and reload work. */

import { batch, signal } from "../lib.js";
import { addressOf, fromAddress } from "./screens.js";

/** @import { Route } from "../types.d.ts" */

export class Navigation {
  /** The uid of the visitor whose conversation is up, or null. */
  selected = signal(fromAddress().uid);
  /** The screen that is up instead of the live list, or null. */
  screen = signal(fromAddress().screen);
  #follow = () => this.#show(fromAddress());

  constructor() {
    addEventListener("popstate", this.#follow);
  }

  dispose() {
    removeEventListener("popstate", this.#follow);
  }

  /**
   * Brings the conversation with `uid` up; whether that is a change.
   * @param {string} uid
   */
  open(uid) {
    if (this.selected.peek() === uid && !this.screen.peek()) return false;
    const address = addressOf({ screen: null, uid });
    if (this.selected.peek() && !this.screen.peek()) history.replaceState(history.state, "", address);
    else history.pushState({ opened: true }, "", address); // the phone's own Back leads to where we were
    this.#show({ screen: null, uid });
    return true;
  }

  /**
   * Goes to a screen; null is the live list, with the conversation that was up.
   * @param {string | null} screen
   */
  go(screen) {
    if (this.screen.peek() === screen) return;
    const uid = this.selected.peek();
    history.pushState(null, "", addressOf({ screen, uid }));
    this.#show({ screen, uid });
  }

  /** Goes back to the list alone; on a wide screen there is nothing to close. */
  close() {
    if (!matchMedia("(width < 760px)").matches || !this.selected.peek()) return;
    if (history.state?.opened) return history.back();
    this.leave();
  }

  /** Nobody is up any more. */
  leave() {
    if (!this.screen.peek()) history.replaceState(null, "", location.pathname);
    this.selected.value = null;
  }

  /** @param {Route} route */
  #show({ screen, uid }) {
    batch(() => {
      this.screen.value = screen;
      if (!screen) this.selected.value = uid;
    });
  }
}
