/**
 * On a phone the panel is all there is: the page behind it is not to be scrolled or reached, and the panel is as high as
 * what the keyboard leaves (of which a frame knows nothing). What was changed of the shop's page is as before afterwards.
 */

import { putOn, takeOff } from "./sheet.js";
import { sheetOf } from "../dom.js";

export class Modal {
  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.panel = panel;
    this.phone = matchMedia("(max-width: 480px), (max-height: 480px)");
    this.lock = sheetOf("html { overflow: hidden !important }");
    this.on = false;
    this.wasInert = false;
  }

  /** @param {boolean} open Whether the panel is; it is then modal on a phone. */
  follow(open) {
    const wanted = open && this.phone.matches;
    if (wanted === this.on) return;
    this.on = wanted;
    this.panel.setAttribute("aria-modal", `${wanted}`);
    const { body } = document;
    if (wanted) {
      this.wasInert = body.inert;
      body.inert = true;
      putOn(document, this.lock);
      this.fit();
    } else {
      body.inert = this.wasInert;
      takeOff(document, this.lock);
    }
  }

  fit() {
    const { visualViewport: seen } = window;
    if (!this.on || !seen || seen.scale > 1.01) return; // somebody magnifies: the panel stays where it is
    this.panel.style.setProperty("--height", `${seen.height}px`);
    this.panel.style.setProperty("--top", `${seen.offsetTop}px`);
  }
}
