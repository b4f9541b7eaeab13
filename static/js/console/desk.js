/** Everything behind the console's screen: one agent, the live list, the conversations on one socket. */

import { batch, computed, effect, signal } from "../lib.js";
import { reason, t } from "../i18n.js";
import { learn, shop } from "../shop.js";
import { Actions } from "./actions.js";
import { Alerts } from "./alerts.js";
import { showCount } from "./badge.js";
import { Cases } from "./cases.js";
import { SHOWN, frozenOrder } from "./frozen.js";
import { createNotices } from "./parts/notices.js";
import { preference } from "./prefs.js";
import { Replies } from "./replies.js";
import { Roster } from "./roster.js";
import { addressOf, fromAddress } from "./screens.js";
import { logout } from "./session.js";
import { get, statusOf } from "../api.js";
import { SharedStream } from "./shared_stream.js";
import { audible } from "./sound.js";
import { inView, narrowed } from "./views.js";

const BANNER_MS = 5_000; // trouble shorter than this is not worth a word
const PAINTED_MS = 1_000; // a part that comes later than this does not take the focus any more

export class Desk {
  /** The uid of the visitor whose conversation is up, or null. Part of the address, so that Back and reload work. */
  selected = signal(fromAddress().uid);
  /** The screen that is up instead of the live list, or null. */
  screen = signal(fromAddress().screen);
  /** Which window is open over the page: "keys", "alerts", "transfer", "snooze", "palette" or null. */
  window = signal(null);
  /** Whether the context pane is pulled out, where it is a drawer. */
  drawer = signal(false);
  /** True once the connection has been away long enough to say so; actions rest meanwhile. */
  lost = signal(false);
  audible = audible;
  /** The uid of the conversation being taken: who presses Take and writes at once means the composer to come. */
  writesSoon = null;
  notices = createNotices();
  #focus = new Map();
  #awaited = { name: "", until: 0 }; // the focus went to a part that may be painted, or painted anew, only now
  #closers = [];

  /** `me` as `/v1/me` tells; `ended()` is called when this session is over. */
  constructor(me, ended) {
    this.me = me;
    this.replies = new Replies(me.uid);
    this.ended = ended;
    const name = `chatadmin.console.${me.uid}`;
    this.roster = new Roster(
      me.uid,
      (...change) => this.#changed(...change),
      (uid) => uid === this.selected.peek() || this.order.shows(uid),
    );
    this.view = preference(`view.${me.uid}`, "all");
    this.viewed = computed(() =>
      narrowed(this.roster.groups.value, (uid) => inView(this.view.value, this.roster.row(uid).peek(), me.uid)),
    );
    this.order = frozenOrder(this.viewed);
    this.labels = computed(
      () => (this.roster.groups.value, [...new Set(this.roster.items().flatMap((item) => item.tags ?? []))].sort()),
    );
    this.here = computed(() => (this.roster.groups.value, this.roster.items().filter((item) => item.online).length));
    this.colleagues = computed(() => this.roster.agents.value.filter((agent) => agent.online && agent.uid !== me.uid));
    this.accepting = computed(() => this.roster.agents.value.find((agent) => agent.uid === me.uid)?.accepting ?? true);
    this.cases = new Cases(this);
    this.actions = new Actions(this);
    this.alerts = new Alerts({
      name,
      mine: me.uid,
      roster: this.roster,
      open: (uid) => this.open(uid),
      looking: (uid) => this.looking(uid),
      leads: () => this.stream.leads,
    });
    this.stream = new SharedStream("/v1/stream?delta=1&as=agent", name, {
      event: (type, data) => this.#hear(type, data),
      state: (state) => (this.roster.state.value = state),
      refused: ended,
      snapshot: () => this.#snapshot(),
    });
    this.needsMe = computed(() => this.#count());
    this.#listen();
  }

  shopName = () => shop.value.name;
  isMine = (item) => item.holder?.uid === this.me.uid;
  isBoss = () => this.me.agent_role === "admin";
  /** Whether we may end a conversation (resolve, snooze, block): ours, nobody's, or anybody's to an administrator. */
  mayEnd = (item) => !item.holder || this.isMine(item) || this.isBoss();
  draft = (uid) => this.cases.draft(uid).value;
  /** Whether the agent has this conversation, or any of our pages, before their eyes now. */
  looking = (uid) => (uid ? eyes.peek() === uid : eyes.peek() !== null);
  unread = (item) => (item.holder && !this.isMine(item) ? 0 : this.cases.unread(item));

  open = (uid, { focus = false } = {}) => {
    if (this.selected.peek() !== uid || this.screen.peek()) {
      this.drawer.value = false;
      const address = addressOf({ uid });
      if (this.selected.peek() && !this.screen.peek()) history.replaceState(history.state, "", address);
      else history.pushState({ opened: true }, "", address); // the phone's own Back leads to where we were
      this.#show({ screen: null, uid });
    }
    if (focus) this.focus("case");
  };

  /** Every tag in use; where the server is out of reach, those this page has seen. */
  tagsInUse = () => get("/v1/tags?as=agent").catch(() => this.labels.peek());

  /** Opens the conversation at the entry `seq`. */
  async jump(uid, seq) {
    if (!(await this.#meet(uid))) return;
    this.open(uid, { focus: true });
    if (!(await this.cases.get(uid).goTo(seq))) this.notices.say(t("jump.far"), "trouble");
  }

  /** Opens the conversation of a visitor who may be long gone. */
  async visit(uid) {
    if (await this.#meet(uid)) this.open(uid, { focus: true });
  }

  async #meet(uid) {
    try {
      if (!this.roster.row(uid)) this.roster.adopt(await get(`/v1/visitors/${encodeURIComponent(uid)}?as=agent`));
      return true;
    } catch (error) {
      this.notices.say(reason(error), "trouble");
      return false;
    }
  }

  /** To a screen; null is the live list, with the conversation that was up. */
  go = (screen) => {
    if (this.screen.peek() !== screen) {
      const uid = this.selected.peek();
      history.pushState(null, "", addressOf({ screen, uid }));
      this.#show({ screen, uid });
    }
    this.focus(screen ? "screen" : "list");
  };

  /** Back to the list alone; on a wide screen there is nothing to close and only the focus moves. */
  close = ({ focus = false } = {}) => {
    if (matchMedia("(width < 760px)").matches && this.selected.peek()) {
      if (history.state?.opened) history.back();
      else {
        history.replaceState(null, "", location.pathname);
        this.selected.value = null;
      }
    }
    if (focus) this.focus("list");
  };

  show = (name) => (this.window.value = name);
  closeWindow = () => (this.window.value = null);

  closeDrawer = () => {
    this.drawer.value = false;
    this.focus("details");
  };

  /** A part says how it takes the focus; returns how to forget that. */
  focuses(name, take) {
    this.#focus.set(name, take);
    if (this.#awaited.name === name && Date.now() < this.#awaited.until) this.#hand(name, 0);
    return () => this.#focus.get(name) === take && this.#focus.delete(name);
  }

  /** Moves the focus, once what it goes to has been painted. */
  focus = (name) => requestAnimationFrame(() => setTimeout(() => this.#hand(name)));

  #hand(name, waits = PAINTED_MS) {
    const take = this.#focus.get(name);
    this.#awaited = { name, until: Date.now() + waits };
    if (take || name !== "composer") this.writesSoon = null;
    take?.();
  }

  /** The conversation after (1) or before (-1) the one that is up, in the order shown; `writing` goes on writing there. */
  step(by, writing) {
    const uids = SHOWN.flatMap((name) => this.order.shown.peek()[name]);
    const at = uids.indexOf(this.selected.peek());
    const next = at < 0 ? (by > 0 ? 0 : uids.length - 1) : at + by;
    if (!uids[next]) return;
    this.open(uids[next]);
    this.focus(writing ? "case" : "list");
  }

  /** Takes whoever has waited longest. */
  async claimNext() {
    const uid = this.roster.groups.peek().waiting[0];
    if (!uid) return this.notices.say(t("done.none"));
    this.order.thaw();
    this.open(uid);
    return this.actions.claim(this.roster.row(uid).peek());
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
    for (const close of this.#closers) close();
    for (const part of [this.cases, this.alerts, this.stream]) part.close();
  }

  #listen() {
    const on = (target, type, handler) => {
      target.addEventListener(type, handler);
      this.#closers.push(() => target.removeEventListener(type, handler));
    };
    on(window, "popstate", () => this.#show(fromAddress()));
    for (const type of ["focus", "blur"]) on(window, type, () => this.#look());
    for (const type of ["online", "pageshow"]) on(window, type, () => this.#probe());
    on(document, "visibilitychange", () => {
      this.#look();
      if (!document.hidden) this.#probe();
    });
    this.#closers.push(
      effect(() =>
        showCount(this.needsMe.value, shop.value.name ? t("title", { shop: shop.value.name }) : t("title.plain")),
      ),
      effect(() => this.#watchTrouble()),
      effect(() => {
        // an address that names somebody who is not on the list
        const uid = this.selected.value;
        if (uid && this.roster.loaded.value && !this.roster.row(uid)) this.#meet(uid);
      }),
      effect(() => this.#look()),
    );
  }

  /** What the stream tells: of visitors and agents, of the shop itself, of canned replies. */
  #hear(type, data) {
    if (type === "shop") return learn(data);
    if (type === "replies") return this.replies.hint(data);
    this.roster.apply(type, data);
    if (type !== "snapshot") return undefined;
    if (data.shop) learn(data.shop); // a page of an older version may pass the stream on to us
    return this.replies.load();
  }

  /** For a page of this browser that has just opened. */
  #snapshot() {
    const snapshot = this.roster.snapshot();
    return snapshot && { ...snapshot, shop: shop.peek() };
  }

  #show({ screen, uid }) {
    batch(() => {
      this.screen.value = screen;
      if (!screen) this.selected.value = uid;
    });
  }

  /** All pages of the browser know what the agent looks at, so that none alerts them of what they see. */
  #look() {
    const here = this.screen.value ? "" : (this.selected.value ?? "");
    if (!document.hidden && document.hasFocus()) eyes.value = here;
    else if (eyes.peek() === here) eyes.value = null;
  }

  /** After sleep, on a new network, on coming back: are they really there? */
  #probe() {
    this.cases.probe();
    this.stream.probe();
  }

  #watchTrouble() {
    const live = this.cases.live.value && this.roster.state.value === "live";
    if (live) this.lost.value = false;
    const timer = live ? 0 : setTimeout(() => (this.lost.value = true), BANNER_MS);
    return () => clearTimeout(timer);
  }

  #tookAway({ uid, nickname: name, holder, status }) {
    if (status === "resolved" || (this.selected.peek() !== uid && !this.draft(uid))) return;
    this.notices.say(
      holder ? t("lost.claim", { holder: holder.nickname, name }) : t("lost.queue", { name }),
      "trouble",
    );
  }

  #count() {
    const { waiting, held } = this.roster.groups.value;
    const mine = held.map((uid) => this.roster.row(uid).value).filter((item) => this.isMine(item) && this.unread(item));
    return waiting.length + mine.length;
  }

  #changed(before, after, quiet) {
    this.alerts.changed(before, after, quiet);
    this.cases.changed(after);
    if (before && this.isMine(before) && !this.isMine(after) && !this.actions.busy.has(after.uid))
      this.#tookAway(after);
  }
}

/** The uid before the agent's eyes in some page of this browser, "" for the list alone, null when they look elsewhere. */
const eyes = preference("eyes", null);
