/**
 * The agent is told that somebody waits: by sound and by the desktop, again until somebody takes the conversation.
 * Several pages of one browser share the duty, so that one alone makes the noise.
 */

import { t } from "../i18n.js";
import { Duty } from "./duty.js";
import { popupsOn, soundOn } from "./prefs.js";
import { play, unlock } from "./sound.js";

/** @import { Visitor } from "../types.d.ts" */
/** @import { Roster } from "./roster.js" */

const REPEAT_MS = 20_000;
const TIMES = 9; // then three minutes have passed, and the row is red
const TOGETHER_MS = 1_500; // several at once are one sound
const GESTURES = ["pointerdown", "keydown"]; // what browsers take for leave to make a sound

export class Alerts {
  #roster;
  #mine;
  #open;
  #looking;
  /** @type {Map<string, { times: number, at: number }>} */
  #told = new Map(); // uid of a waiting visitor -> {times, at}
  /** @type {Map<string, Notification>} */
  #shown = new Map(); // uid -> the desktop notification on show
  /** @type {Duty | null} */
  #sounds = null; // the duty to sound, which only a page that may asks for
  #leads;
  #timer;
  #name;
  #soundedAt = 0;

  /**
   * `open(uid)` brings a conversation up; `looking(uid)` says whether it is before the agent's eyes now, `looking()` whether anything
   * is; `leads()` whether this page is the one that shows notifications.
   * @param {{
   *   name: string,
   *   leads: () => boolean,
   *   mine: string,
   *   roster: Roster,
   *   open: (uid: string) => void,
   *   looking: (uid?: string) => boolean,
   * }} options
   */
  constructor({ name, mine, roster, open, looking, leads }) {
    this.#name = name;
    this.#mine = mine;
    this.#roster = roster;
    this.#open = open;
    this.#looking = looking;
    this.#leads = leads;
    this.#timer = setInterval(() => this.#repeat(), 1_000);
    for (const kind of GESTURES) addEventListener(kind, this.#unlock);
    if (navigator.userActivation?.hasBeenActive) this.#unlock(); // the log-in was such a gesture
  }

  close() {
    clearInterval(this.#timer);
    this.#sounds?.resign();
    for (const kind of GESTURES) removeEventListener(kind, this.#unlock);
    for (const uid of this.#shown.keys()) this.#dismiss(uid);
  }

  /**
   * To be told of every change of a visitor; `quiet` when it is how things were before we came.
   * @param {Visitor | undefined} before
   * @param {Visitor} after
   * @param {boolean} quiet
   */
  changed(before, after, quiet) {
    const waits = after.status === "waiting" && !after.gone;
    if (!waits) this.#forget(after.uid);
    else if (!this.#told.has(after.uid)) {
      this.#told.set(after.uid, { times: 0, at: Date.now() });
      if (!quiet) this.#announce(after);
    }
    const spoke = after.last?.by === "visitor" && (before?.last?.seq ?? 0) < after.last.seq;
    const ours = after.holder?.uid === this.#mine;
    if (ours && spoke && !quiet && !this.#looking(after.uid)) this.#tell("message", after);
    const given = ours && before?.holder && before.holder.uid !== this.#mine; // a claim of our own had no holder before
    if (given && !this.#looking(after.uid)) this.#tell("message", after, "given");
  }

  #unlock = async () => {
    if (!(await unlock())) return;
    for (const kind of GESTURES) removeEventListener(kind, this.#unlock);
    this.#sounds ??= new Duty(`${this.#name}.sound`);
  };

  #repeat() {
    for (const [uid, told] of this.#told) {
      const item = this.#roster.row(uid)?.peek();
      if (item && told.times < TIMES && Date.now() - told.at >= REPEAT_MS) this.#announce(item);
    }
  }

  /** @param {Visitor} item */
  #announce(item) {
    const times = this.#told.get(item.uid)?.times ?? 0;
    this.#told.set(item.uid, { times: times + 1, at: Date.now() });
    this.#tell("waiting", item);
  }

  /** @param {string} uid */
  #forget(uid) {
    this.#told.delete(uid);
    if (this.#roster.row(uid)?.peek().holder?.uid !== this.#mine) this.#dismiss(uid);
  }

  /**
   * @param {"waiting" | "message"} kind
   * @param {Visitor} item
   * @param {string} [words]
   */
  #tell(kind, item, words = kind) {
    if (soundOn.peek() && this.#sounds?.ours && Date.now() - this.#soundedAt > TOGETHER_MS) {
      this.#soundedAt = Date.now();
      play(kind);
    }
    if (popupsOn.peek() && this.#leads() && !this.#looking()) this.#popup(item, words);
  }

  /**
   * @param {Visitor} item
   * @param {string} words
   */
  #popup(item, words) {
    if (!globalThis.Notification || Notification.permission !== "granted") return;
    const title = t(`alert.${words}`, { name: item.nickname });
    try {
      /** @type {NotificationOptions & { renotify: boolean }} */
      const options = { body: item.last?.content ?? "", tag: item.uid, renotify: true, silent: true };
      const shown = new Notification(title, options);
      shown.onclick = () => {
        focus();
        this.#open(item.uid);
        shown.close();
      };
      this.#shown.set(item.uid, shown);
    } catch {
      // phones have the name but not the constructor: there the sound must do
    }
  }

  /** @param {string} uid */
  #dismiss(uid) {
    this.#shown.get(uid)?.close();
    this.#shown.delete(uid);
  }
}

/** What stands between the agent and desktop notifications: "granted", "ask", "denied" or "unavailable". */
export function popupState() {
  if (!globalThis.isSecureContext || !globalThis.Notification) return "unavailable";
  return Notification.permission === "default" ? "ask" : Notification.permission;
}
