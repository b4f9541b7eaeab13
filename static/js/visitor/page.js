/** The visitor's page: the chat, in which whoever writes becomes a visitor, and who comes back sees what was said. */

import { batch, html, render, signal } from "../lib.js";
import { actAs } from "../api.js";
import { shown } from "../looking.js";
import { app, shop } from "../shop.js";
import { session } from "../storage.js";
import { Beginning } from "./beginning.js";
import { Chat } from "./chat.js";
import { body } from "./entered.js";
import { isFrame } from "./port.js";
import { askPresence, opening } from "./presence.js";
import { Visit } from "./visit.js";

/** @import { Attachments } from "../files/attachments.js" */
/** @import { Entered, Home, Host, Invite, Key, Me, Signal } from "../types.d.ts" */

const RETRY_DELAY_MS = 3_000;
const PRESENCE_INTERVAL_MS = 20_000;

/** @implements {Host} */
export class Page {
  /** What the page around the chat knows of who looks at it. @type {Signal<Partial<Entered>>} */
  #known = signal({});
  /** A word to who has not written, which they pressed. @type {Signal<Invite | undefined>} */
  #invite = signal(undefined);
  /** @type {Signal<{ beginning: Beginning, visit: Visit | null }>} */
  #chat = signal({ beginning: this.#anew(), visit: null });
  #home;

  /** @param {(host: Host) => Home} homeOf Where the session is. */
  constructor(homeOf) {
    this.#home = homeOf(this);
    setInterval(this.#askPresence, PRESENCE_INTERVAL_MS);
    document.addEventListener("visibilitychange", this.#askPresence);
    if (isFrame) shown.subscribe(this.#askPresence);
    const { close } = this.#home;
    const Shown = () =>
      html`<${Chat} ...${this.#chat.value} invite=${this.#invite.value} shop=${shop.value.name} onClose=${close} />`;
    render(html`<${Shown} />`, app);
    this.look();
  }

  /** There is no socket yet to tell of a change. */
  #askPresence = () => this.#chat.peek().visit || document.hidden || !shown.peek() || askPresence();

  /** @param {{ draft?: string, attachments?: Attachments, note?: Key }} [how] */
  #anew(how) {
    return new Beginning({
      known: this.#known,
      logIn: (entered, id) => this.#home.enter({ ...body(entered, opening.peek()?.form), id }),
      begin: (me) => this.found(me),
      ...how,
    });
  }

  /** @param {{ draft?: string, attachments?: Attachments, note: Key }} how */
  #open(how) {
    this.#chat.value = { beginning: this.#anew(how), visit: null };
    this.#chat.peek().beginning.opens();
  }

  idle = () => !this.#chat.peek().visit;

  look = async () => {
    const { beginning, visit } = this.#chat.peek();
    if (visit) return;
    try {
      const me = await this.#home.whoami();
      if (me) this.found(me);
      else beginning.opens();
    } catch {
      beginning.waits();
      setTimeout(this.look, RETRY_DELAY_MS);
    }
  };

  /** @param {Me} me */
  found = (me) => {
    const { beginning, visit: present } = this.#chat.peek();
    if (present) return;
    const visit = new Visit(me, { ended: (left) => this.#ended(visit, left), left: this.#home.left });
    actAs({ uid: me.uid, over: visit.over });
    batch(() => {
      this.#invite.value = undefined; // it is in the log from now on
      beginning.handTo(visit);
      this.#chat.value = { beginning, visit };
    });
    this.#home.came(visit);
  };

  /**
   * @param {Visit} visit
   * @param {boolean} left
   */
  #ended(visit, left) {
    if (this.#chat.peek().visit !== visit) return;
    actAs(null);
    visit.close();
    if (left) session.clear(); // who leaves on a shared computer leaves nothing
    this.#open(left ? { note: "note.left" } : { note: "note.ended", ...visit.takeUnsent() });
    this.#home.over();
  }

  left = () => {
    session.clear();
    const { beginning, visit } = this.#chat.peek();
    if (visit) visit.leave();
    else if (beginning.note.peek() === "note.ended") this.#open({ note: "note.left" }); // the socket told us first, and not why
  };

  over = () => this.#chat.peek().visit?.over();

  /** @param {Key} [note] */
  anew = (note) => {
    const { beginning, visit } = this.#chat.peek();
    session.clear();
    actAs(null);
    beginning.close();
    visit?.close();
    this.#chat.value = { beginning: this.#anew({ note }), visit: null };
    this.look();
  };

  /** @param {Me} me */
  becomes = (me) => {
    const { visit } = this.#chat.peek();
    visit?.close();
    batch(() => {
      this.#chat.value = { beginning: this.#anew(visit?.takeUnsent()), visit: null };
      this.found(me);
    });
  };

  /** @param {Key} [note] */
  noted = (note) => (this.#chat.peek().beginning.note.value = note);

  /** @param {Invite} invite */
  invited = (invite) => (this.#invite.value = invite);

  /** @param {Partial<Entered>} now */
  introduced = (now) => (this.#known.value = now);

  /** @param {string} text */
  suggest = (text) => {
    const { draft } = this.#chat.peek().visit ?? this.#chat.peek().beginning;
    draft.value ||= text;
  };
}
