/** Everything behind the visitor's chat: who they are, and one conversation on one socket. */

import { computed, effect, signal } from "../lib.js";
import { get, post } from "../api.js";
import { Connection } from "../connection.js";
import { Conversation } from "../conversation.js";
import { keptDraft } from "../draft.js";
import { Attachments } from "../files/attachments.js";
import { shop } from "../shop.js";
import { askPresence, attended, changed } from "./presence.js";
import { ringForAnswers } from "./sound.js";

/** @import { Entry, Me, Message } from "../types.d.ts" */

const title = () => shop.value.name || "chatadmin";

export class Visit {
  #ended;
  #left;
  #leaving = false;
  /** @type {(() => unknown)[]} */
  #closers = [];

  /**
   * `me` as `/v1/me` tells; `ended(left)` is called when this session is over: `left` by the visitor's own wish, of
   * which `left()` tells the other pages.
   * @param {Me} me
   * @param {{ ended: (left: boolean) => void, left: () => void }} told
   */
  constructor(me, { ended, left }) {
    this.me = me;
    this.#ended = ended;
    this.#left = left;
    this.draft = keptDraft(`chatadmin.draft.${me.uid}`);
    this.attachments = new Attachments();
    this.connection = new Connection({
      path: () => `/v1/chat?as=visitor${this.conversation.query}`,
      whoami: "/v1/me?as=visitor",
      ended: () => this.over(),
    });
    this.conversation = new Conversation({ uid: me.uid, as: "visitor", me: me.uid, connection: this.connection });
    /** Where they are answered once they have left, as it is shown to them; undefined in a shop that sends no mail. */
    this.contact = signal(me.contact);
    /** What is linked to their conversation. */
    this.linked = signal(me.linked);
    this.lost = computed(() => this.connection.state.value === "lost" || this.conversation.state.value === "failed");
    /** Whether anything was said here. */
    this.talked = computed(() => this.#has(() => true));
    /** Whether the visitor has said anything. */
    this.written = computed(() => this.#has(({ user }) => user.uid === me.uid));
    /** How many answers have not been read. */
    this.unread = computed(
      () => this.conversation.history.entries.value.filter((entry) => this.#isUnread(entry)).length,
    );
    this.#watch();
  }

  /** @param {(entry: Message) => boolean} fits */
  #has = (fits) =>
    this.conversation.outbox.items.value.length + this.conversation.uploads.value.length > 0 ||
    this.conversation.history.entries.value.some((entry) => entry.type === "message" && fits(entry));

  /** Really leaves: the name is free, and this browser forgets the conversation. */
  logout = async () => {
    this.#leaving = true; // the socket, or another request, may hear of it before we do
    try {
      await post("/logout?as=visitor");
    } catch (error) {
      this.#leaving = false;
      throw error;
    }
    this.#left();
    this.leave();
  };

  /** What was written and has not reached the shop; it is nobody's from now on. */
  takeUnsent() {
    const { attachments } = this;
    attachments.takeBack(this.conversation.uploads);
    const draft = [...this.conversation.outbox.takeBack(), this.draft.peek()].filter(Boolean).join("\n");
    this.draft.value = "";
    return { draft, attachments };
  }

  /** Whether the shop's word for who they are is good, where it gave one; a page of its own needs none. */
  renew = async () => true;

  #relink = () =>
    get("/v1/me?as=visitor").then(
      (me) => (this.linked.value = me.linked),
      () => {}, // the next page of theirs shows it
    );

  /** They have left, on this page or on another. */
  leave = () => this.#ended(true);

  /** The session is over, or another's. */
  over = () => this.#ended(this.#leaving);

  /**
   * Has this done when it is closed.
   * @param {() => unknown} close
   */
  until(close) {
    this.#closers.push(close);
  }

  close() {
    for (const close of this.#closers) close();
    this.conversation.close();
    this.connection.close();
    document.title = title();
  }

  /** After sleep or a change of network a socket may look open and be dead. */
  #look = () => {
    if (document.hidden) return;
    if (this.connection.state.peek() !== "connecting") this.connection.probe();
    askPresence();
  };

  #rest = () => this.connection.rest();

  #watch() {
    /** @type {[EventTarget, string, () => void][]} */
    const moments = [
      [document, "visibilitychange", this.#look],
      [document, "resume", this.#look],
      [document, "freeze", this.#rest],
      [window, "pageshow", this.#look],
      [window, "pagehide", this.#rest],
      [window, "online", this.#look],
    ];
    for (const [target, name, act] of moments) {
      target.addEventListener(name, act);
      this.#closers.push(() => target.removeEventListener(name, act));
    }
    const { connection, conversation } = this;
    this.#closers.push(
      ringForAnswers(this),
      // the socket joins from the place that the history ends at, so the history comes first
      effect(() => {
        if (conversation.state.value === "ready" && connection.state.peek() === "connecting") connection.open();
      }),
      effect(() => {
        document.title = this.unread.value ? `(${this.unread.value}) ${title()}` : title();
      }),
      connection.listen((frame) => {
        if (frame.type === "hello") askPresence(); // what the socket tells from now on is what changes
        // they may have logged in on another device, of which their own log says no more than that
        if (frame.type === "event" && frame.kind === "hidden" && this.me.verified) this.#relink();
        if (frame.type === "desk") attended(frame);
        if (frame.type === "shop") changed(frame);
      }),
    );
  }

  /** @param {Entry} entry */
  #isUnread = ({ type, user, seq }) =>
    type === "message" && user.uid !== this.me.uid && seq > this.conversation.receipts.marks.value.visitor;
}
