/** Everything behind the visitor's chat: who they are, one conversation on one socket, and who is at the desk. */

import { computed, signal } from "../lib.js";
import { get, post } from "../api.js";
import { Connection } from "../connection.js";
import { Conversation } from "../conversation.js";

const DESK_EVERY_MS = 60_000;

export class Visit {
  /** `{shop_name, agents_online, answer_minutes}`, or null while unknown. */
  desk = signal(null);
  draft = signal("");
  #timer = 0;
  #first;

  /** `me` as `/v1/me` tells; `ended()` is called when this session is over. */
  constructor(me, ended) {
    this.me = me;
    this.connection = new Connection({
      path: () => `/v1/chat?as=visitor${this.conversation.query}`,
      whoami: "/v1/me?as=visitor",
      ended,
    });
    this.conversation = new Conversation({ uid: me.uid, as: "visitor", me: me.uid, connection: this.connection });
    this.lost = computed(() => this.connection.state.value === "lost");
    // the socket joins from the place that the history ends at, so the history comes first
    this.#first = this.conversation.state.subscribe((state) => {
      if (state === "ready") queueMicrotask(() => this.#begin());
    });
    this.#restore();
    this.#watch();
  }

  #begin() {
    this.#first?.();
    if (this.connection.state.peek() === "connecting") this.connection.open();
  }

  /** Really leaves: the name is free, and this browser forgets the conversation. */
  logout = async () => {
    await post("/logout?as=visitor");
    sessionStorage.clear();
  };

  close() {
    clearInterval(this.#timer);
    this.conversation.close();
    this.connection.close();
    for (const [target, name] of this.#events) target.removeEventListener(name, this.#look);
  }

  #events = [
    [document, "visibilitychange"],
    [window, "pageshow"],
    [window, "online"],
  ];

  /** After sleep or a change of network a socket may look open and be dead. */
  #look = () => {
    if (document.hidden) return;
    if (this.connection.state.peek() !== "connecting") this.connection.probe();
    this.#askDesk();
  };

  #watch() {
    for (const [target, name] of this.#events) target.addEventListener(name, this.#look);
    this.#timer = setInterval(() => this.#askDesk(), DESK_EVERY_MS);
    this.#askDesk();
  }

  async #askDesk() {
    try {
      this.desk.value = await get("/v1/desk");
    } catch {
      this.desk.value = null; // better no line than one that may be untrue
    }
  }

  #restore() {
    const key = `chatadmin.draft.${this.me.uid}`;
    try {
      this.draft.value = sessionStorage.getItem(key) ?? "";
      this.draft.subscribe((text) => (text ? sessionStorage.setItem(key, text) : sessionStorage.removeItem(key)));
    } catch {
      // no storage: the draft lasts as long as the page
    }
  }
}
