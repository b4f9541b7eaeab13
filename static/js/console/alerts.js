/**
 * The agent is told that somebody waits, or was handed to them: by sound and by the desktop, again until somebody takes the
 * conversation, or looks at it. Whoever took it is told again when the answer is late.
 */

import { gist } from "../gist.js";
import { t } from "../i18n.js";
import { age } from "../server_time.js";
import { Bell } from "../bell.js";
import { lateness } from "./clock.js";
import { popupsOn, soundOn } from "./prefs.js";

/** @import { Key, Visitor } from "../types.d.ts" */
/** @import { HandOvers } from "./hand_overs.js" */
/** @import { LiveList } from "./live_list.js" */

const REPEAT_INTERVAL_MS = 20_000;
const MOST_REPEATS = 9; // then three minutes have passed, and the row is red

export class Alerts {
  #liveList;
  #handOvers;
  #mine;
  #open;
  #looking;
  /** @type {Map<string, { times: number, at: number }>} */
  #announced = new Map(); // uid of who waits, or was handed to us -> {times, at}, by our age
  /** @type {Map<string, string>} */
  #lateness = new Map(); // uid of each visitor of ours -> how late the answer is
  /** @type {Map<string, Notification>} */
  #shown = new Map(); // uid -> the desktop notification on show
  #bell;
  #leads;
  #timer;

  /**
   * `open(uid)` brings a conversation up; `looking(uid)` says whether the agent looks at that conversation now, `looking()` whether at
   * any page of ours; `leads()` whether this page is the one that shows notifications.
   * @param {{
   *   name: string,
   *   leads: () => boolean,
   *   mine: string,
   *   liveList: LiveList,
   *   handOvers: HandOvers,
   *   open: (uid: string) => void,
   *   looking: (uid?: string) => boolean,
   * }} options
   */
  constructor({ name, mine, liveList, handOvers, open, looking, leads }) {
    this.#bell = new Bell(`${name}.sound`);
    this.#mine = mine;
    this.#liveList = liveList;
    this.#handOvers = handOvers;
    this.#open = open;
    this.#looking = looking;
    this.#leads = leads;
    this.#timer = setInterval(() => (this.#repeat(), this.#remind()), 1_000);
  }

  close() {
    clearInterval(this.#timer);
    this.#bell.close();
    for (const uid of this.#shown.keys()) this.#dismiss(uid);
  }

  /**
   * Takes every change of a visitor; `quiet` when it is how things were before we came.
   * @param {Visitor | undefined} before
   * @param {Visitor} after
   * @param {boolean} quiet
   */
  changed(before, after, quiet) {
    if (!this.#calls(after)) this.#forget(after.uid);
    else if (!this.#announced.has(after.uid)) {
      this.#announced.set(after.uid, { times: 0, at: age() });
      if (!quiet) this.#announce(after);
    }
    const spoke = after.last?.by === "visitor" && (before?.last?.seq ?? 0) < after.last.seq;
    const ours = after.holder?.uid === this.#mine;
    if (ours && !this.#lateness.has(after.uid)) this.#lateness.set(after.uid, lateness(after));
    if (ours && spoke && !quiet && !this.#looking(after.uid)) this.#tell("message", after);
    if (!quiet && this.#handOvers.landed(before, after)) this.#tell("message", after, "alert.given"); // once, as it is seen at once
  }

  #repeat() {
    for (const [uid, announced] of this.#announced) {
      const item = this.#liveList.row(uid)?.peek();
      if (!item || !this.#calls(item)) this.#forget(uid);
      else if (announced.times < MOST_REPEATS && age() - announced.at >= REPEAT_INTERVAL_MS) this.#announce(item);
    }
  }

  /**
   * Whether somebody is to come: to who waits, and to what was handed to us.
   * @param {Visitor} item
   */
  #calls(item) {
    return !item.gone && (item.status === "waiting" || this.#handOvers.isUnseen(item));
  }

  /** What was handed to us, a moment ago or while we were not here; an answer of ours that turned amber, or red. */
  #remind() {
    const before = this.#lateness;
    const ours = this.#liveList.of(this.#liveList.groups.peek().mine);
    this.#lateness = new Map(ours.map((item) => [item.uid, lateness(item)]));
    for (const item of ours) {
      if (this.#handOvers.isUnseen(item) && !this.#announced.has(item.uid)) this.#announce(item);
      const late = this.#lateness.get(item.uid);
      if (late && before.has(item.uid) && before.get(item.uid) !== late) this.#tell("message", item, "alert.owed");
    }
  }

  /** @param {Visitor} item */
  #announce(item) {
    const times = this.#announced.get(item.uid)?.times ?? 0;
    this.#announced.set(item.uid, { times: times + 1, at: age() });
    this.#tell("waiting", item, item.status === "waiting" ? "alert.waiting" : "alert.given");
  }

  /** @param {string} uid */
  #forget(uid) {
    this.#announced.delete(uid);
    if (this.#liveList.row(uid)?.peek().holder?.uid !== this.#mine) this.#dismiss(uid);
  }

  /**
   * @param {"waiting" | "message"} kind
   * @param {Visitor} item
   * @param {Key} [words]
   */
  #tell(kind, item, words = "alert.message") {
    if (soundOn.peek()) this.#bell.ring(kind);
    if (popupsOn.peek() && this.#leads() && !this.#looking()) this.#popup(item, words);
  }

  /**
   * @param {Visitor} item
   * @param {Key} words
   */
  #popup(item, words) {
    if (!globalThis.Notification || Notification.permission !== "granted") return;
    const title = t(words, { name: item.called });
    try {
      /** @type {NotificationOptions & { renotify: boolean }} */
      const options = {
        body: (this.#handOvers.isUnseen(item) && item.handed_over?.note) || (item.last ? gist(item.last) : ""),
        tag: item.uid,
        renotify: true,
        silent: true,
      };
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
