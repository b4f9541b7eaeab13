/**
 * The conversations of this page, all on one socket: those that are ours, and the one that is up. Each keeps its
 * draft, and its thread for as long as it is joined.
 */

import { computed, signal } from "../lib.js";
import { language } from "../i18n.js";
import { Connection } from "../connection.js";
import { Conversation } from "../conversation.js";
import { keptDraft } from "../draft.js";
import { Attachments } from "../files/attachments.js";

/** @import { Entry, Mode, Refused, Signal, Visitor } from "../types.d.ts" */
/** @import { Workspace } from "./workspace.js" */

export class Conversations {
  #workspace;
  /** @type {Map<string, Conversation>} */
  #open = new Map(); // uid -> Conversation
  /** @type {Map<string, Signal<string>>} */
  #drafts = new Map(); // uid -> signal of the text
  /** @type {Map<string, Attachments>} */
  #attachments = new Map(); // by the name of the draft that they go with
  /** @type {Map<string, Signal<Mode>>} */
  #modes = new Map(); // uid -> signal: "reply" or "note"
  connection;
  /** Whether the socket answers. */
  live;

  /** @param {Workspace} workspace */
  constructor(workspace) {
    this.#workspace = workspace;
    this.connection = new Connection({
      path: () => `/v1/chat?as=agent&lang=${language}`,
      whoami: "/v1/me?as=agent",
      ended: workspace.ended,
    });
    this.live = computed(() => this.connection.state.value !== "lost");
    this.connection.listen((frame) => frame.type === "error" && frame.code === "erased" && this.#erased(frame));
    this.connection.open();
  }

  /**
   * The conversation with the visitor `uid`, followed from now on.
   * @param {string} uid
   */
  get(uid) {
    let conversation = this.#open.get(uid);
    if (!conversation) {
      conversation = new Conversation({ uid, as: "agent", me: this.#workspace.me.uid, connection: this.connection });
      this.#open.set(uid, conversation);
    }
    return conversation;
  }

  /**
   * Our text to `uid` that is not sent yet, as a signal that outlives the conversation's time on the screen.
   * @param {string} uid
   */
  draft(uid) {
    const draft = this.#drafts.get(uid) ?? keptDraft(`chatadmin.draft.${this.#workspace.me.uid}.${uid}`);
    this.#drafts.set(uid, draft);
    return draft;
  }

  /**
   * The files that go with the draft of this name.
   * @param {string} name
   */
  attachments(name) {
    const attachments = this.#attachments.get(name) ?? new Attachments();
    this.#attachments.set(name, attachments);
    return attachments;
  }

  /**
   * What the composer of a conversation is for just now: "reply" or "note".
   * @param {string} uid
   */
  mode(uid) {
    const mode = this.#modes.get(uid) ?? signal(/** @type {Mode} */ ("reply"));
    this.#modes.set(uid, mode);
    return mode;
  }

  /**
   * What the visitor wrote that we have not seen: by the server's count, unless this page knows better.
   * @param {Visitor} item
   */
  unread(item) {
    const conversation = this.#open.get(item.uid);
    if (!conversation || conversation.state.value !== "ready") return item.unread;
    const read = conversation.receipts.marks.value.agent;
    return conversation.history.entries.value.filter((entry) => isNew(entry, read)).length;
  }

  /**
   * Whether agents have read as far as `seq`; while nobody knows, as the conversation is loading, it counts as read.
   * @param {string} uid
   * @param {number} seq
   */
  hasRead(uid, seq) {
    const conversation = this.#open.get(uid);
    if (!conversation || conversation.state.value === "loading") return true;
    return conversation.receipts.marks.value.agent >= seq;
  }

  /**
   * Follows what has become ours, and lets go of what is neither ours nor before anybody's eyes.
   * @param {Visitor} item
   */
  changed(item) {
    if (this.#workspace.isMine(item) && !item.gone) this.get(item.uid);
    else if (item.uid !== this.#workspace.selected.peek()) this.#leave(item.uid);
  }

  /**
   * The agent looks elsewhere.
   * @param {string} uid
   */
  lookedAway(uid) {
    const item = this.#workspace.liveList.row(uid)?.peek();
    if (!item || !this.#workspace.isMine(item)) this.#leave(uid);
  }

  probe() {
    this.connection.probe();
  }

  close() {
    for (const uid of [...this.#open.keys()]) this.#leave(uid);
    this.connection.close();
  }

  /** Its visitor was erased: nothing of it stays in this page either. @param {Refused} frame */
  #erased({ conversation: uid = "", msg }) {
    this.draft(uid).value = "";
    const conversation = this.#open.get(uid);
    for (const { key } of conversation?.outbox.items.peek() ?? []) conversation?.outbox.drop(key);
    conversation?.close();
    this.#open.delete(uid);
    if (this.#workspace.selected.peek() === uid) this.#workspace.leave();
    this.#workspace.notices.say(msg ?? "", "trouble");
  }

  /** @param {string} uid */
  #leave(uid) {
    const conversation = this.#open.get(uid);
    if (!conversation || conversation.outbox.items.peek().length || conversation.uploads.peek().length) return; // what is not sent yet keeps it
    this.#open.delete(uid);
    conversation.close();
  }
}

/**
 * @param {Entry} entry
 * @param {number} read
 */
const isNew = (entry, read) => entry.type === "message" && entry.user.role === "visitor" && entry.seq > read;
