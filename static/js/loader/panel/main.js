/** What the launcher loads once somebody opens the chat, or has answers to come: the panel, and the chat in it. */

import { Frame } from "./frame.js";
import { Kept } from "./kept.js";
import { Modal } from "./modal.js";
import { View } from "./view.js";
import { KEY, rememberOpen } from "../kept.js";

/** @import { FromFrame, LoaderShared, Panel } from "../../types.d.ts" */

const PATIENCE_MS = 8_000;

/**
 * @param {LoaderShared} shared
 * @returns {Panel}
 */
export default function panelOf(shared) {
  const widget = new Widget(shared);
  return {
    open: (given, pressed) => widget.open(given, pressed),
    close: (pressed) => widget.close(pressed),
    toggle: (pressed) => (widget.isOpen ? widget.close(pressed) : widget.open({}, pressed)),
    reopen: () => widget.reopen(),
    load: () => widget.load(),
  };
}

class Widget {
  isOpen = false;
  #kept = new Kept();
  /** What had the focus before. @type {HTMLElement | null} */
  #from = null;
  /** What the frame is to be told once it has come: that it was opened, not merely there. @type {{ text?: string } | undefined} */
  #asked;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;

  /** @param {LoaderShared} shared */
  constructor(shared) {
    const { origin } = new URL(import.meta.url);
    this.shared = shared;
    this.view = new View(shared, origin);
    this.modal = new Modal(this.view.panel);
    this.frame = new Frame(origin, (message) => this.#hear(message));
    this.#listen();
  }

  #listen() {
    const { dock, life, place } = this.shared;
    /** @param {EventTarget | null} target @param {string} type @param {(event: any) => unknown} act */
    const listen = (target, type, act) => target?.addEventListener(type, act, { signal: life });
    listen(window, "message", (event) => this.frame.answer(event) && this.#begin());
    listen(window, "storage", ({ key }) => {
      // `null`: everything was forgotten
      if ((key ?? KEY) === KEY && this.#kept.lookAgain()) this.frame.tell({ type: "token", token: this.#kept.token });
    });
    listen(visualViewport, "resize", () => this.modal.fit());
    listen(visualViewport, "scroll", () => this.modal.fit());
    listen(this.modal.phone, "change", () => {
      this.modal.follow(this.isOpen);
      this.frame.tell({ type: "phone", on: this.modal.phone.matches });
    });
    listen(this.view.closer, "click", (event) => this.close(event));
    listen(this.view.panel, "keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation(); // the shop's own windows stay
      this.close(event);
    });
    life.addEventListener("abort", () => {
      this.modal.follow(false);
      this.#drop();
    });
    listen(dock, "known", () => this.frame.tell({ type: "known", ...this.#known }));
    listen(dock, "page", () => {
      const { page: url, title } = place();
      this.frame.tell({ type: "page", url, title });
    });
    listen(dock, "locale", () => {
      this.view.say();
      if (this.frame.element) this.#make();
    });
  }

  /**
   * @param {{ text?: string } | null} [given] What to write into an empty composer.
   * @param {unknown} [pressed] Whether somebody did; the shop's code may have called from a handler of its own.
   */
  open(given, pressed) {
    if (this.shared.life.aborted) return;
    if (!this.isOpen) {
      this.#from = /** @type {HTMLElement} */ (this.view.root.activeElement ?? document.activeElement);
      this.#turn(true, pressed);
    }
    this.load();
    this.#focus();
    this.#asked = { text: given?.text && `${given.text}` };
    if (this.frame.isReady) this.#tellOpen();
  }

  /** As on the page before: nobody's focus is taken, unless there is nothing else on the screen. */
  reopen() {
    if (this.shared.life.aborted) return;
    this.#turn(true);
    this.load();
    if (this.modal.isOn) this.#focus();
  }

  /** @param {unknown} [pressed] */
  close(pressed) {
    if (!this.isOpen) return;
    const had = document.activeElement === this.view.root.host;
    this.#turn(false, pressed);
    this.frame.tell({ type: "close" });
    if (!had) return;
    if (this.#from?.isConnected && this.#from !== document.body) this.#from.focus();
    if (document.activeElement === document.body || this.#inPanel()) this.view.launcher.focus();
  }

  /** Has the chat come, if it is neither there nor on its way. */
  load() {
    if (!this.frame.element || (!this.frame.isReady && this.#waiting === undefined)) this.#make();
  }

  #make() {
    this.#drop();
    const { dock, options } = this.shared;
    const its = { title: this.view.title, lang: dock.lang, theme: options.theme ?? "system" };
    this.frame.make(this.view.panel, its);
    this.#waiting = setTimeout(() => {
      this.#waiting = undefined;
      this.view.become("silent");
    }, PATIENCE_MS);
  }

  #drop() {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    this.view.become("waiting");
    this.frame.drop();
  }

  #begin() {
    clearTimeout(this.#waiting);
    this.view.become("ready");
    const { page: url, title, referrer, tz } = this.shared.place();
    const { token } = this.#kept;
    const phone = this.modal.phone.matches;
    const page = { url, title, referrer };
    this.frame.tell({ type: "begin", token, page, tz, known: this.#known, open: this.isOpen, phone });
    if (this.#inPanel()) this.#focus();
    if (this.isOpen && this.#asked) this.#tellOpen();
  }

  /** The frame then takes the focus into its composer, unless somebody went on elsewhere while it was on its way. */
  #tellOpen() {
    if (this.#inPanel() || this.#asked?.text) this.frame.tell({ type: "open", ...this.#asked });
    this.#asked = undefined;
  }

  /** What the shop says of who is here, as text: a port does not take everything. */
  get #known() {
    const { name, email } = this.shared.known;
    return { ...(name && { name: `${name}` }), ...(email && { email: `${email}` }) };
  }

  #inPanel() {
    return this.view.panel.contains(this.view.root.activeElement);
  }

  #focus() {
    (this.frame.isReady ? this.frame.element : this.view.panel)?.focus();
  }

  /** @param {boolean} open @param {unknown} [pressed] */
  #turn(open, pressed) {
    this.isOpen = open;
    this.view.show(open);
    this.modal.follow(open);
    if (pressed ?? navigator.userActivation?.isActive) rememberOpen(open);
    this.#emit(open ? "open" : "close");
  }

  /** @param {FromFrame} message */
  #hear(message) {
    const { type, ...detail } = message;
    if (message.type === "token") this.#kept.keep({ token: message.token });
    else if (message.type === "wrote") this.#kept.keep({ wrote: Date.now() });
    else if (message.type === "unread") this.view.count(message.count) && this.#emit(type, detail);
    else if (message.type === "said") this.isOpen || this.view.tease(message.who, message.text);
    else if (message.type === "close") this.close(true);
    else this.#emit(type, detail); // `message` and `error`
  }

  /** Tells the shop's code. @param {string} event @param {object} [detail] */
  #emit(event, detail) {
    this.shared.dock.dispatchEvent(new CustomEvent(event, { detail }));
  }
}
