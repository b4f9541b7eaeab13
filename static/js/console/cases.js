/**
 * The conversations of this page, all on one socket: those that are ours, and the one that is up. Each keeps its
 * draft, and its thread for as long as it is followed.
 */

import { computed, signal } from "../lib.js";
import { Connection } from "../connection.js";
import { Conversation } from "../conversation.js";
import { keptDraft } from "../draft.js";

export class Cases {
  #desk;
  #open = new Map(); // uid -> Conversation
  #drafts = new Map(); // uid -> signal of the text
  #modes = new Map(); // uid -> signal: "reply" or "note"
  connection;
  /** Whether the socket answers. */
  live;

  constructor(desk) {
    this.#desk = desk;
    this.connection = new Connection({ path: () => "/v1/chat?as=agent", whoami: "/v1/me?as=agent", ended: desk.ended });
    this.live = computed(() => this.connection.state.value !== "lost");
    this.connection.open();
  }

  /** The conversation with the visitor `uid`, followed from now on. */
  get(uid) {
    if (!this.#open.has(uid)) {
      const { connection } = this;
      this.#open.set(uid, new Conversation({ uid, as: "agent", me: this.#desk.me.uid, connection }));
    }
    return this.#open.get(uid);
  }

  /** Our text to `uid` that is not sent yet, as a signal that outlives the conversation's time on the screen. */
  draft(uid) {
    if (!this.#drafts.has(uid)) this.#drafts.set(uid, keptDraft(`chatadmin.draft.${this.#desk.me.uid}.${uid}`));
    return this.#drafts.get(uid);
  }

  /** What the composer of a conversation is for just now: "reply" or "note". */
  mode(uid) {
    if (!this.#modes.has(uid)) this.#modes.set(uid, signal("reply"));
    return this.#modes.get(uid);
  }

  /** What the visitor wrote that we have not seen: by the server's count, unless this page knows better. */
  unread(item) {
    const conversation = this.#open.get(item.uid);
    if (!conversation || conversation.state.value !== "ready") return item.unread;
    const read = conversation.reading.marks.value.agent;
    return conversation.history.entries.value.filter((entry) => isNew(entry, read)).length;
  }

  /** Follows what has become ours, and lets go of what is neither ours nor before anybody's eyes. */
  changed(item) {
    if (this.#desk.isMine(item) && !item.gone) this.get(item.uid);
    else if (item.uid !== this.#desk.selected.peek()) this.#leave(item.uid);
  }

  /** The agent looks elsewhere. */
  lookedAway(uid) {
    const item = this.#desk.roster.row(uid)?.peek();
    if (!item || !this.#desk.isMine(item)) this.#leave(uid);
  }

  probe() {
    this.connection.probe();
  }

  close() {
    for (const uid of [...this.#open.keys()]) this.#leave(uid);
    this.connection.close();
  }

  #leave(uid) {
    const conversation = this.#open.get(uid);
    if (!conversation || conversation.outbox.items.peek().length) return; // what is not sent yet keeps it
    this.#open.delete(uid);
    conversation.close();
  }
}

const isNew = (entry, read) => entry.type === "message" && entry.user.role === "visitor" && entry.seq > read;
