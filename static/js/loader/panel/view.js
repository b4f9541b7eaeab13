/** What the panel is made of; beneath the frame, until that has come, a way out, and where it does not come a link. */

import { lookIn } from "./sheet.js";
import { putOn } from "../../sheets.js";
import { add } from "../dom.js";

/** @import { LoaderShared, PanelKey } from "../../types.d.ts" */

/** By language; put in by the server (app/web/widget_script.py). @type {Record<string, Record<PanelKey, string>>} */
const words = CHATADMIN_WORDS;
const LONGEST_TEASER = 140;

export class View {
  #unread = 0;
  #called = "";

  /**
   * @param {LoaderShared} shared
   * @param {string} origin The chat's.
   */
  constructor({ dock, options, showTeaser }, origin) {
    this.dock = dock;
    this.options = options;
    this.showTeaser = showTeaser;
    this.root = /** @type {ShadowRoot} */ (dock.getRootNode());
    this.launcher = /** @type {HTMLElement} */ (dock.querySelector(".launcher"));
    this.badge = add(this.launcher, "span", "badge");
    this.panel = add(dock, "div", "panel");
    this.closer = add(this.panel, "button", "x", "×");
    this.note = add(this.panel, "p", "note");
    this.link = Object.assign(add(this.panel, "a", "link"), { href: `${origin}/`, target: "_blank", rel: "noopener" });
    this.panel.setAttribute("role", "dialog");
    this.panel.tabIndex = -1;
    this.launcher.setAttribute("aria-haspopup", "dialog");
    this.show(false);
    putOn(this.root, lookIn(options));
    this.panel.getBoundingClientRect(); // closed before it is opened, so that one sees it open
    this.say();
  }

  get title() {
    return this.options.name || this.#called;
  }

  /** Says everything in the language that the launcher has begun to speak. */
  say() {
    const { close, blocked, hosted } = words[this.dock.lang];
    this.#called = `${this.launcher.getAttribute("aria-label")}`;
    this.#sayUnread();
    this.panel.setAttribute("aria-label", this.title);
    this.closer.setAttribute("aria-label", close);
    this.note.textContent = blocked;
    this.link.textContent = hosted;
  }

  #sayUnread() {
    const { unread } = words[this.dock.lang];
    const count = this.#unread ? `, ${unread.replace("{count}", `${this.badge.textContent}`)}` : "";
    this.launcher.setAttribute("aria-label", this.#called + count);
  }

  /** @param {boolean} open */
  show(open) {
    this.dock.classList.toggle("open", open);
    this.launcher.setAttribute("aria-expanded", `${open}`);
    if (open) this.showTeaser();
  }

  /** @param {"waiting" | "ready" | "silent"} state Of the chat in it. */
  become(state) {
    for (const one of ["ready", "silent"]) this.panel.classList.toggle(one, one === state);
  }

  /**
   * @param {number} count Of answers that nobody has seen.
   * @returns {boolean} Whether it is another one.
   */
  count(count) {
    const isNew = count !== this.#unread;
    this.#unread = count;
    this.badge.textContent = count > 9 ? "9+" : `${count || ""}`;
    this.#sayUnread();
    if (isNew && !count) this.showTeaser(); // read in another tab, or on the phone
    return isNew;
  }

  /**
   * What was answered while the panel was closed.
   * @param {string} who
   * @param {string} text
   */
  tease(who, text) {
    const signs = [...text];
    this.showTeaser(signs.length > LONGEST_TEASER ? `${signs.slice(0, LONGEST_TEASER).join("")}…` : text);
    const bubble = this.dock.querySelector(".bubble");
    if (bubble && who) bubble.prepend(add(bubble, "b", "", who));
  }
}
