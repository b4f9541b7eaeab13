/**
 * The chat of nobody yet: who writes here becomes a visitor. It lives in the page's memory alone until the first message
 * is sent; that one is kept for a reload, as every other, until the log-in that it makes has led to a visit.
 */

import { batch, signal } from "../lib.js";
import { codeOf, fieldOf, statusOf } from "../api.js";
import { Attachments } from "../files/attachments.js";
import { putting } from "../files/chunk.js";
import { History } from "../history.js";
import { reason } from "../i18n.js";
import { wanted } from "../looking.js";
import { Outbox } from "../outbox.js";
import { random } from "../random.js";
import { ReadReceipts } from "../read_receipts.js";
import { parsed, session } from "../storage.js";
import { Typing } from "../typing.js";
import { refusalOf, wrongOf } from "./entered.js";
import { askPresence, opening } from "./presence.js";

/** @import { Entered, FieldName, Holder, Key, Me, Side, Signal } from "../types.d.ts" */
/** @import { Upload } from "../files/putting/upload.js" */
/** @import { Visit } from "./visit.js" */

const RETRY_DELAY_MS = 3_000;
const KEY = "chatadmin.entered";
/** @type {Entered} */
const NOTHING = { name: "", email: "", choice: "", consent: false, mail: false };

/** As far as a thread is concerned, a conversation in which nothing was said. */
export class Beginning {
  /** @type {Side} */
  as = "visitor";
  state = signal(/** @type {"loading" | "ready"} */ ("loading"));
  holder = signal(/** @type {Holder | null} */ (null));
  history = new History(() => Promise.reject(new Error("nobody has any")));
  outbox = new Outbox("chatadmin.first", () => (this.#enter(), false));
  typing = new Typing("", "", () => false);
  receipts = new ReadReceipts("visitor", () => false);
  /** Files that wait for a visitor. @type {Signal<Upload[]>} */
  uploads = signal([]);
  unfolded = signal(/** @type {ReadonlySet<number>} */ (new Set()));
  target = signal(0);
  /** Whether it is certain that nobody is here, so that a message would make somebody. */
  open = signal(false);
  /** Whether the server is out of reach. */
  lost = signal(false);
  entered = signal(NOTHING);
  /** Why the last message was not taken, and about which field that is, if it is about one. */
  trouble = signal(/** @type {{ words: string, field?: FieldName }} */ ({ words: "" }));
  /** Of the log-in: asked for again by the same, it is a repeat. */
  #id = "";
  #logIn;
  #begin;
  #entering = false;
  #over = false;

  /**
   * `logIn(entered, id)` makes a visitor, null where the browser does not keep the session; `begin(me)` goes on as them;
   * `known` is what is entered where they enter nothing.
   * @param {{ logIn: (entered: Entered, id: string) => Promise<Me | null>, begin: (me: Me) => void, known: Signal<Partial<Entered>>, draft?: string, attachments?: Attachments, note?: Key }} options
   */
  constructor({ logIn, begin, known, draft = "", attachments = new Attachments(), note }) {
    this.#logIn = logIn;
    this.#begin = begin;
    this.draft = signal(draft);
    this.attachments = attachments;
    /** Why the chat begins anew, if it does. */
    this.note = signal(note);
    const { entered, id } = parsed(session.get(KEY), {}); // on its way when the page was left
    if (id) [this.entered.value, this.#id] = [entered, id];
    known.subscribe(({ name = "", email = "" }) => {
      const now = this.entered.peek();
      this.entered.value = { ...now, name: now.name || name, email: now.email || email };
    });
  }

  /** What a chat is made of, as of a visit. */
  get conversation() {
    return this;
  }

  saw() {}
  loadOlder() {}
  unfold() {}

  /** Nobody is here. What was sent before a reload goes on its way. */
  opens() {
    if (!opening.peek()) askPresence();
    batch(() => {
      this.state.value = "ready";
      this.lost.value = false;
      this.open.value = true;
    });
    this.outbox.flush();
  }

  /** Whether somebody is here cannot be told now. */
  waits() {
    batch(() => {
      this.state.value = "ready";
      this.lost.value = true;
    });
  }

  /**
   * Makes a visitor, to whom the text belongs; false where something is to be entered first.
   * @param {string} text
   */
  send(text) {
    if (!this.#begins()) return false;
    this.outbox.add(text);
    return true;
  }

  /**
   * The same for a file, which goes up once there is a visitor.
   * @param {File} file
   * @param {string} content
   * @param {{ note?: boolean, replyTo?: number }} how
   */
  attach(file, content, how) {
    if (!this.#begins()) return false;
    putting.peek()?.upload(this, file, content, how);
    this.#enter();
    return true;
  }

  /** Whether all is entered that has to be. */
  #begins() {
    const wrong = wrongOf(this.entered.peek(), opening.peek()?.form);
    this.trouble.value = wrong ?? { words: "" };
    if (wrong) return false;
    this.note.value = undefined;
    this.#id ||= random(18);
    session.set(KEY, JSON.stringify({ entered: this.entered.peek(), id: this.#id }));
    return true;
  }

  /**
   * A quick answer was pressed: as if it had been written.
   * @param {string} text
   */
  choose = (text) => {
    if (this.send(text)) wanted.value = true;
    else this.draft.value ||= text;
  };

  /**
   * Somebody is here, be it by a message of this page or of another: all that was written is theirs.
   * @param {Visit} visit
   */
  handTo({ conversation, draft, attachments }) {
    this.#over = true;
    this.outbox.handTo(conversation.outbox);
    for (const upload of this.uploads.peek()) upload.goTo(conversation);
    attachments.items.value = this.attachments.items.peek();
    session.set(KEY, null);
    draft.value = [draft.peek(), this.draft.peek()].filter(Boolean).join("\n");
  }

  /** Nothing that was written here is sent any more. */
  close() {
    this.#over = true;
  }

  /** As often as it takes: without an answer nobody knows whether there is a visitor now, and asking again finds out. */
  async #enter() {
    if (!this.open.peek() || this.#entering || this.#over) return;
    this.#entering = true;
    try {
      const me = await this.#logIn(this.entered.peek(), this.#id);
      if (this.#over) return;
      if (me) this.#begin(me);
      else this.#takeBack({ note: "note.cookies" });
    } catch (error) {
      if (this.#over) return;
      const status = statusOf(error);
      if (status && status < 500) this.#refused(error);
      else {
        this.lost.value = true;
        setTimeout(() => this.#enter(), RETRY_DELAY_MS);
      }
    } finally {
      this.#entering = false;
    }
  }

  /** @param {unknown} error */
  #refused(error) {
    const field = codeOf(error) === "bad_form" ? fieldOf(error) : undefined;
    this.#takeBack({ trouble: refusalOf(field, reason(error), this.entered.peek(), opening.peek()?.form) });
    if (field) askPresence(); // the shop may ask for something else by now
  }

  /**
   * Puts back into the field what was sent.
   * @param {{ note?: Key, trouble?: { words: string, field?: FieldName } }} why
   */
  #takeBack({ note, trouble = { words: "" } }) {
    batch(() => {
      this.lost.value = false;
      this.attachments.takeBack(this.uploads);
      this.draft.value = [...this.outbox.takeBack(), this.draft.peek()].filter(Boolean).join("\n");
      this.note.value = note;
      this.trouble.value = trouble;
    });
    this.#id = "";
    session.set(KEY, null);
  }
}
