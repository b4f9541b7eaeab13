/** The workspace of one agent: everything behind the console's screen, of which components only paint the state. */

import { computed, signal } from "../lib.js";
import { get, statusOf } from "../api.js";
import { t } from "../i18n.js";
import { learn, shop } from "../shop.js";
import { Actions } from "./actions.js";
import { Alerts } from "./alerts.js";
import { looking } from "./attention.js";
import { createNotices } from "./components/notices.js";
import { Browsing } from "./browsing.js";
import { Conversations } from "./conversations.js";
import { Focus } from "./focus.js";
import { owedSince } from "./groups.js";
import { HandOvers } from "./hand_overs.js";
import { Listing } from "./listing.js";
import { LiveList } from "./live_list.js";
import { Lookup } from "./lookup.js";
import { Navigation } from "./navigation.js";
import { Replies } from "./replies.js";
import { logout } from "./session.js";
import { SharedStream } from "./shared_stream.js";
import { audible } from "../sound.js";
import { watch } from "./watch.js";

/** @import { Me, Snapshot, TakeFocus, Visitor } from "../types.d.ts" */

export class Workspace {
  #navigation = new Navigation();
  selected = this.#navigation.selected;
  screen = this.#navigation.screen;
  /** Which window is open over the page: "keys", "alerts", "transfer", "snooze", "palette" or null. */
  window = signal(/** @type {string | null} */ (null));
  /** Whether the context pane is pulled out, where it is a drawer. */
  drawer = signal(false);
  /** True once the connection has been away long enough to say so; actions rest meanwhile. */
  lost = signal(false);
  audible = audible;
  /** The uid of the conversation that we have just done with: under it stands who is next. */
  done = signal(/** @type {string | null} */ (null));
  /** The uid of the conversation being taken: who presses Take and writes at once means the composer to come. */
  writesSoon = /** @type {string | null} */ (null);
  notices = createNotices();
  #focus = new Focus((name, taken) => {
    if (taken || name !== "composer") this.writesSoon = null;
  });
  #unwatch;

  /**
   * `me` as `/v1/me` tells; `ended()` is called when this session is over.
   * @param {Me} me
   * @param {() => void} ended
   */
  constructor(me, ended) {
    this.me = me;
    this.replies = new Replies(me.uid);
    this.ended = ended;
    const name = `chatadmin.console.${me.uid}`;
    this.liveList = new LiveList(
      me.uid,
      (...change) => this.#changed(...change),
      (uid) => uid === this.selected.peek() || this.listing.order.shows(uid),
    );
    this.browsing = new Browsing(me.uid, (key) => key === this.selected.peek() || this.listing.order.shows(key));
    this.listing = new Listing(
      this.liveList,
      this.browsing,
      me.uid,
      (uid) => this.selected.value === uid || this.#isUnseen(uid),
    );
    this.colleagues = computed(() =>
      this.liveList.agents.value.filter((agent) => agent.online && agent.uid !== me.uid),
    );
    this.accepting = computed(
      () => this.liveList.agents.value.find((agent) => agent.uid === me.uid)?.accepting ?? true,
    );
    this.conversations = new Conversations(this);
    this.actions = new Actions(this);
    this.lookup = new Lookup(this);
    this.handOvers = new HandOvers(this);
    this.alerts = new Alerts({
      name,
      mine: me.uid,
      liveList: this.liveList,
      handOvers: this.handOvers,
      open: (uid) => this.open(uid),
      looking,
      leads: () => this.stream.leads,
    });
    this.stream = new SharedStream("/v1/stream?delta=1&as=agent", name, {
      event: (type, data) => this.#hear(type, data),
      state: (state) => (this.liveList.state.value = state),
      refused: ended,
      snapshot: () => this.#snapshot(),
    });
    this.needsMe = computed(() => this.#count());
    this.#unwatch = watch(this);
  }

  shopName = () => shop.value.name;
  /** @param {Visitor} item */
  isMine = (item) => item.holder?.uid === this.me.uid;
  isBoss = () => this.me.agent_role === "admin";
  /**
   * Whether we may end a conversation (resolve, snooze, block): ours, nobody's, or anybody's to an administrator.
   * @param {Visitor} item
   */
  mayEnd = (item) => !item.holder || this.isMine(item) || this.isBoss();
  /** What somebody of the team is called, who may have left it. @param {string} uid */
  colleague = (uid) => this.liveList.agents.value.find((agent) => agent.uid === uid)?.nickname ?? t("team.former");
  /** @param {string} uid */
  draft = (uid) => this.conversations.draft(uid).value;
  /** @param {Visitor} item */
  unread = (item) => (item.holder && !this.isMine(item) ? 0 : this.conversations.unread(item));

  /**
   * @param {string} uid
   * @param {{ focus?: boolean }} [options]
   */
  open = (uid, { focus = false } = {}) => {
    if (this.#navigation.open(uid)) {
      this.drawer.value = false;
      this.done.value = null;
    }
    if (focus) this.focus("case");
  };

  /** Every tag in use; where the server is out of reach, those this page has seen. */
  tagsInUse = () => get("/v1/tags?as=agent").catch(() => this.listing.labels.peek());

  /**
   * Goes to a screen; null is the live list, with the conversation that was up.
   * @param {string | null} screen
   */
  go = (screen) => {
    this.#navigation.go(screen);
    this.focus(screen ? "screen" : "list");
  };

  /** Goes back to the list alone; on a wide screen there is nothing to close and only the focus moves. */
  close = ({ focus = false } = {}) => {
    this.#navigation.close();
    if (focus) this.focus("list");
  };

  /** Goes back to the list, as who was up is not there any more. */
  leave = () => this.#navigation.leave();

  /** @param {string} name */
  show = (name) => (this.window.value = name);
  closeWindow = () => (this.window.value = null);

  closeDrawer = () => {
    this.drawer.value = false;
    this.focus("details");
  };

  /**
   * A component says how it takes the focus; returns how to forget that.
   * @param {string} name
   * @param {TakeFocus} take
   */
  focuses = (name, take) => this.#focus.takes(name, take);

  /**
   * Moves the focus, once what it goes to has been painted.
   * @param {string} name
   */
  focus = (name) => this.#focus.to(name);

  /**
   * The conversation after (1) or before (-1) the one that is up, in the order shown; `writing` goes on writing there.
   * @param {1 | -1} by
   * @param {boolean} [writing]
   */
  step(by, writing) {
    const uid = this.listing.beside(this.selected.peek(), by);
    if (!uid) return;
    this.open(uid);
    this.focus(writing ? "case" : "list");
  }

  /**
   * We have done with the conversation `uid`: who is next is offered, and taken by nobody but us.
   * @param {string} uid
   */
  doneWith(uid) {
    this.conversations.mode(uid).value = "reply"; // where a note was being written, too
    this.done.value = uid;
    this.focus("next");
  }

  /** Who is to be answered next, or undefined: of ours, then of those who wait, who has longest been owed an answer. */
  next() {
    const { mine, waiting } = this.liveList.groups.value;
    const [first] = this.liveList.of(mine.slice(0, 1));
    return first && owedSince(first) ? first : waiting[0] && this.liveList.row(waiting[0])?.value;
  }

  /** Takes whoever has waited longest. */
  async claimNext() {
    const uid = this.liveList.groups.peek().waiting[0];
    const item = uid && this.liveList.row(uid)?.peek();
    if (!item) return this.notices.say(t("done.none"));
    this.listing.order.thaw();
    this.open(uid);
    return this.actions.claim(item);
  }

  logout = async () => {
    try {
      await logout();
    } catch (error) {
      if (statusOf(error) !== 401) return this.notices.say(t("error.unreachable"), "trouble");
    }
    return this.ended(); // our other pages are told by the server, which closes their sockets
  };

  dispose() {
    this.#navigation.dispose();
    this.#unwatch();
    for (const closing of [this.conversations, this.alerts, this.stream]) closing.close();
  }

  /**
   * What the stream tells: of visitors and agents, of the shop itself, of canned replies.
   * @param {string} type
   * @param {any} data What `type` says it is.
   */
  #hear(type, data) {
    if (type === "shop") return learn(data);
    if (type === "replies") return this.replies.hint(data);
    if (type === "browsing") return this.browsing.apply(data);
    if (type === "typing") return this.liveList.writers(data.uid)?.heard(data.by);
    if (type === "snapshot") this.browsing.replace(data.browsing ?? []);
    this.liveList.apply(type, data);
    if (type !== "snapshot") return undefined;
    if (data.shop) learn(data.shop); // a page of an older version may pass the stream on to us
    return this.replies.load();
  }

  /** For a page of this browser that has just opened. @returns {Snapshot | null} */
  #snapshot() {
    const snapshot = this.liveList.snapshot();
    return snapshot && { ...snapshot, shop: shop.peek(), browsing: this.browsing.items() };
  }

  /** @param {Visitor} item */
  #tookAway({ uid, called: name, holder, status }) {
    if (status === "resolved" || (this.selected.peek() !== uid && !this.draft(uid))) return;
    this.notices.say(
      holder ? t("lost.claim", { holder: holder.nickname, name }) : t("lost.queue", { name }),
      "trouble",
    );
  }

  /** @param {string} uid */
  #isUnseen(uid) {
    const item = this.liveList.row(uid)?.value;
    return item !== undefined && this.handOvers.isUnseen(item);
  }

  #count() {
    const { waiting, mine } = this.liveList.groups.value;
    const items = this.liveList.of(mine);
    return (
      waiting.length +
      items.filter((item) => owedSince(item) || this.unread(item) || this.handOvers.isUnseen(item)).length
    );
  }

  /**
   * @param {Visitor | undefined} before
   * @param {Visitor} after
   * @param {boolean} quiet
   */
  #changed(before, after, quiet) {
    this.alerts.changed(before, after, quiet);
    this.conversations.changed(after);
    if (after.last && after.last.seq !== before?.last?.seq) this.liveList.writers(after.uid)?.said(after.last.user.uid);
    if (!quiet) this.handOvers.changed(before, after);
    if (before && this.isMine(before) && !this.isMine(after) && !this.actions.busy.has(after.uid))
      this.#tookAway(after);
  }
}
