/** The panel of one page of the shop's, the chat in it, and what goes from the one to the other. */

import { Frame } from "./frame.js";
import { Identity } from "./identity.js";
import { Kept } from "./kept.js";
import { plain } from "./known.js";
import { Modal } from "./modal.js";
import { View } from "./view.js";
import { KEY, remembered, rememberOpen } from "../kept.js";
import { objects } from "../objection.js";

/** @import { FromFrame, Invite, Known, LoaderShared } from "../../types.d.ts" */

const PATIENCE_MS = 8_000;

export class Widget {
  isOpen = false;
  #kept = new Kept();
  /** @type {Known} */
  #known = {};
  /** Whether the page may be told of; undefined as long as nobody was asked. @type {boolean | undefined} */
  #consent = objects() ? false : undefined;
  /** What had the focus before. @type {HTMLElement | null} */
  #from = null;
  /** What the frame is to be told once it has come: that it was opened, not merely there. @type {{ text?: string, invite?: Invite } | undefined} */
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
    this.identity = new Identity({
      fail: () => this.#emit("error", { code: "no_identity" }),
      late: (jwt) => this.frame.tell({ type: "identity", jwt }),
    });
    this.#listen();
  }

  #listen() {
    const { life } = this.shared;
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
  }

  /** What the shop says of who is here. @param {Known} [given] */
  know(given) {
    this.#known = { ...this.#known, ...given };
    this.frame.tell({ type: "known", ...plain(this.#known) });
  }

  /** Who the shop can show is here. @param {unknown} given */
  async present(given) {
    this.identity.present(given);
    if (this.frame.isBegun) this.frame.tell({ type: "identity", jwt: await this.identity.jwt() });
  }

  /** Nobody, from now on. */
  logout() {
    this.#known = {};
    this.know();
    this.present("");
  }

  /** @param {unknown} answer */
  consent(answer) {
    this.#consent = answer === "granted" && !objects();
    this.frame.tell({ type: "consent", consent: this.#consent });
  }

  /** The shop's page is another. */
  moved() {
    const { page: url, title } = this.shared.place();
    this.frame.tell({ type: "page", url, title });
  }

  /** The launcher speaks another language. */
  speak() {
    this.view.say();
    if (this.frame.element) this.#make();
  }

  /**
   * @param {{ text?: string, invite?: Invite } | null} [given] What to write into an empty composer; what is answered.
   * @param {unknown} [pressed] Whether somebody did; the shop's code may have called from a handler of its own.
   */
  open(given, pressed) {
    if (this.shared.life.aborted) return;
    if (!this.isOpen) {
      this.#from = /** @type {HTMLElement} */ (this.view.root.activeElement ?? document.activeElement);
      this.#turn(true, pressed);
    }
    this.identity.decide();
    this.load();
    this.#focus();
    this.#asked = { text: given?.text && `${given.text}`, invite: given?.invite };
    if (this.frame.isBegun) this.#tellOpen();
  }

  /** As on the page before, be it closed: nobody's focus is taken, unless there is nothing else on the screen. */
  reopen() {
    if (this.shared.life.aborted) return;
    if (remembered().open === "1") this.#turn(true);
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
    if (!this.frame.element || (!this.frame.port && this.#waiting === undefined)) this.#make();
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

  async #begin() {
    clearTimeout(this.#waiting);
    this.view.become("ready");
    const { port } = this.frame;
    const jwt = await this.identity.first(Boolean(this.#kept.proven.token));
    if (port !== this.frame.port) return;
    const { page: url, title, referrer, tz } = this.shared.place();
    this.frame.tell({
      type: "begin",
      ...{ token: this.#kept.token, adopt: this.#kept.proven.adopt ?? "", proven: this.#kept.proven.token ?? "", jwt },
      ...{ page: { url, title, referrer }, tz, seen: this.shared.seen, consent: this.#consent },
      ...{ known: plain(this.#known), open: this.isOpen, phone: this.modal.phone.matches },
    });
    if (this.#inPanel()) this.#focus();
    if (this.isOpen && this.#asked) this.#tellOpen();
  }

  /** The frame then takes the focus into its composer, unless somebody went on elsewhere while it was on its way. */
  #tellOpen() {
    if (this.#inPanel() || this.#asked?.text || this.#asked?.invite) this.frame.tell({ type: "open", ...this.#asked });
    this.#asked = undefined;
  }

  #inPanel() {
    return this.view.panel.contains(this.view.root.activeElement);
  }

  #focus() {
    (this.frame.port ? this.frame.element : this.view.panel)?.focus();
  }

  /** @param {boolean} open @param {unknown} [pressed] */
  #turn(open, pressed) {
    this.isOpen = open;
    this.view.show(open);
    this.modal.follow(open);
    if (pressed ?? navigator.userActivation?.isActive) {
      rememberOpen(open);
      this.#kept.asked();
    }
    this.#emit(open ? "open" : "close");
  }

  /** @param {FromFrame} message */
  #hear(message) {
    const { type, ...detail } = message;
    if (message.type === "token") this.#keep(message);
    else if (message.type === "wrote") this.#wrote();
    else if (message.type === "ask") this.#renew();
    else if (message.type === "unread") this.view.count(message.count) && this.#emit(type, detail);
    else if (message.type === "said") this.isOpen || this.view.tease(message.who, message.text);
    else if (message.type === "close") this.close(true);
    else this.#emit(type, detail); // `message`, `identified` and `error`
  }

  /** @param {{ token: string, adopt?: string, identified?: boolean }} message */
  #keep({ token, adopt, identified }) {
    if (identified) return this.#kept.prove({ token });
    this.#kept.keep({ token });
    return this.#kept.prove({ adopt: token && adopt });
  }

  #wrote() {
    this.#kept.asked();
    this.#kept.keep({ wrote: Date.now() });
  }

  async #renew() {
    this.frame.tell({ type: "identity", jwt: await this.identity.another() });
  }

  /** Tells the shop's code. @param {string} event @param {object} [detail] */
  #emit(event, detail) {
    this.shared.dock.dispatchEvent(new CustomEvent(event, { detail }));
  }
}
