/** What the panel is made of. Beneath the frame, until that has come: a way out, and where it does not come, a link. */

import { PANEL_LOOK, putOn } from "./sheet.js";
import { add, sheetOf } from "../dom.js";

/** @import { PanelKey } from "../../types.d.ts" */

/** By language; put in by the server (app/web/widget_script.py). @type {Record<string, Record<PanelKey, string>>} */
const words = CHATADMIN_WORDS;

export class View {
  /**
   * @param {HTMLElement} dock
   * @param {string} origin The chat's.
   */
  constructor(dock, origin) {
    this.dock = dock;
    this.root = /** @type {ShadowRoot} */ (dock.getRootNode());
    this.launcher = /** @type {HTMLElement} */ (dock.querySelector(".launcher"));
    this.element = add(dock, "div", "panel");
    this.element.setAttribute("role", "dialog");
    this.element.tabIndex = -1;
    this.closer = add(this.element, "button", "x", "×");
    this.note = add(this.element, "p", "note");
    this.link = Object.assign(add(this.element, "a", "link"), { href: origin, target: "_blank", rel: "noopener" });
    this.launcher.setAttribute("aria-haspopup", "dialog");
    this.show(false);
    putOn(this.root, sheetOf(PANEL_LOOK));
    this.element.getBoundingClientRect(); // it is closed before it is opened, so that its opening is seen
  }

  /**
   * @param {string} language
   * @param {string} title
   */
  say(language, title) {
    const { close, blocked, hosted } = words[language];
    this.element.lang = language;
    this.element.setAttribute("aria-label", title);
    this.closer.setAttribute("aria-label", close);
    this.note.textContent = blocked;
    this.link.textContent = hosted;
  }

  /** @param {boolean} open */
  show(open) {
    this.dock.classList.toggle("open", open);
    this.launcher.setAttribute("aria-expanded", `${open}`);
  }

  /** @param {"waiting" | "ready" | "silent"} state Of the chat in it. */
  become(state) {
    for (const one of ["ready", "silent"]) this.element.classList.toggle(one, one === state);
  }
}
