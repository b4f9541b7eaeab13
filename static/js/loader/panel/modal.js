/**
 * On a phone the panel is all there is: the page behind it is not to be scrolled or reached, and the panel is as high as
 * what the keyboard leaves (of which a frame knows nothing). What was changed of the shop's page is as before afterwards.
 */

import { putOn, takeOff } from "../../sheets.js";

export class Modal {
  #wasInert = false;
  /** While it is modal. @type {CSSStyleSheet | undefined} */
  #lock;

  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.panel = panel;
    this.phone = matchMedia("(max-width: 480px), (max-height: 480px)"); // as panel/sheet.js has it
  }

  get isOn() {
    return this.#lock !== undefined;
  }

  /** @param {boolean} open Whether the panel is; on a phone it is modal then. */
  follow(open) {
    const wanted = open && this.phone.matches;
    if (wanted === this.isOn) return;
    const { body } = document;
    this.panel.setAttribute("aria-modal", `${wanted}`);
    if (this.#lock) {
      takeOff(document, this.#lock);
      this.#lock = undefined;
      body.inert = this.#wasInert;
    } else {
      this.#lock = putOn(document, "html { overflow: hidden !important }");
      this.#wasInert = body.inert;
      body.inert = true;
      this.fit();
    }
  }

  /** As high as what is to be seen of the page, and no lower. */
  fit() {
    const { visualViewport: seen } = window;
    if (!this.isOn || !seen || seen.scale > 1.01) return; // somebody magnifies: the panel stays where it is
    this.panel.style.setProperty("--height", `${seen.height}px`);
    this.panel.style.setProperty("--top", `${seen.offsetTop}px`);
  }
}
