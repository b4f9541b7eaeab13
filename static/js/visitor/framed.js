/**
 * Where the session of a frame on a shop's own site is: with the loader, as a token, since browsers let a frame on
 * another's site keep nothing for sure. No cookie is used, and the panel that the frame is in may be closed.
 */

import { batch, effect } from "../lib.js";
import { carry, codeOf, fieldOf, get, post, statusOf } from "../api.js";
import { loadChunk } from "../chunk.js";
import { shown, wanted } from "../looking.js";
import { session } from "../storage.js";
import { whenLeft } from "./frames.js";
import { given, known } from "./known.js";
import { closeByEscape, tellOfMessages } from "./panel.js";
import { portOfLoader } from "./port.js";

/** @import { Begun, Home, Host, Known, Me, Timer, Visiting } from "../types.d.ts" */

const KNOWN_KEY = "chatadmin.known";
const MOST_LANGUAGES = 5;
const RETRY_DELAY_MS = 3_000;
const PLACE_INTERVAL_MS = 1_100; // more often than once a second it is not heard

/** @implements {Home} */
export class Framed {
  /** The token by which the shop's page says who is here; "" for nobody. What follows from it is a chunk's (proven/). */
  jwt = "";
  /** The one of which the shop's page was told. */
  told = "";
  /** Whether their session ended by itself. */
  isLapsed = false;
  /** The session of who is, or was, identified so; and of who is not, with what takes that one over. */
  proven = "";
  anonymous = { token: "", adopt: "" };
  /** Of who is on the screen. @type {Visiting | null} */
  visit = null;
  /** @type {MessagePort | null} */
  #port = null;
  #begun;
  /** @type {Pick<Begun, "page" | "tz" | "seen" | "consent">} */
  #at = { page: { url: "", title: "", referrer: "" }, tz: "", seen: "" };
  /** What is answered by the first message: its id. @type {string | undefined} */
  #invite;
  /** @type {Known} */
  #known = {};
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();
  /** Takes the token that the page was asked for. @type {((jwt: string) => void) | undefined} */
  #renewed;
  /** What the page said last of it. */
  #presented = "";
  /** @type {Timer} */
  #placing;
  #tellOthers;

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    shown.value = false; // until the loader says that it is
    if (parent === window) location.replace("/"); // the address was opened by itself
    this.#tellOthers = whenLeft(() => this.proven || host.left());
    closeByEscape(this.close);
    this.#begun = new Promise((resolve) => {
      this.#asked.begin = (how) => {
        this.#begin(how);
        resolve(undefined);
      };
    });
    this.#listen();
  }

  async #listen() {
    this.#port = await portOfLoader();
    this.#port.onmessage = ({ data: { type, ...how } }) => {
      if (Object.hasOwn(this.#asked, type)) this.#asked[type](how);
    };
  }

  /** @param {{ type: string, [detail: string]: unknown }} message */
  tell = (message) => this.#port?.postMessage(message);

  /** What the loader asks for. @type {Record<string, (how: any) => unknown>} */
  #asked = {
    open: ({ text, invite }) => {
      if (text) this.host.suggest(text);
      if (invite) this.host.invited(invite);
      this.#invite ??= invite?.id;
      batch(() => {
        shown.value = true;
        wanted.value = true;
      });
    },
    close: () => (shown.value = false),
    page: ({ url, title }) => {
      this.#at.page = { ...this.#at.page, url, title };
      this.#tellPlace();
    },
    consent: ({ consent }) => {
      this.#at.consent = consent;
      this.#tellPlace();
    },
    known: (how) => {
      this.#learn(how);
      this.#introduce();
    },
    token: ({ token }) => this.#become(token),
    identity: ({ jwt }) => {
      this.#presented = jwt;
      if (this.#renewed) this.#renewed(jwt);
      else if (jwt || this.jwt) this.present();
    },
  };

  /** @param {Begun} how */
  #begin({ token, adopt, proven, jwt, known: said, open, ...at }) {
    this.#at = at;
    this.#learn(said);
    this.jwt = this.#presented = jwt;
    this.proven = proven;
    this.anonymous = { token, adopt };
    carry(token);
    shown.value = open;
  }

  /** @param {object} said */
  #learn(said) {
    this.#known = known(said);
    this.introduce();
  }

  /** Fills the form by what the page says of them, and what the shop vouches for. @param {object} [vouched] */
  introduce(vouched = {}) {
    const { name, email } = { ...this.#known, ...known(vouched) };
    this.host.introduced({ name, email });
  }

  /** Tells the shop what its page knows of this visitor, unless it was told. */
  #introduce() {
    const told = JSON.stringify(this.#known);
    if (!this.visit || told === "{}" || told === session.get(KNOWN_KEY)) return;
    session.set(KNOWN_KEY, told);
    post("/login/widget", this.#known).catch(this.report);
  }

  /** Where they are, to who answers them; not where they, or their browser, object. */
  #tellPlace = () => {
    clearTimeout(this.#placing);
    this.#placing = setTimeout(() => {
      const { page, seen, consent } = this.#at;
      if (consent === false) return;
      this.visit?.connection.send({ type: "context", page: page.url, title: page.title, seen, consent });
    }, PLACE_INTERVAL_MS);
  };

  /** What a log-in says of where they are. */
  get place() {
    const { page, tz, seen, consent } = this.#at;
    const { url, title, referrer } = page;
    return { page: url, title, referrer, tz, languages: navigator.languages.slice(0, MOST_LANGUAGES), seen, consent };
  }

  /**
   * What is found out, and told, of who is here, goes one after another.
   * @template T
   * @param {() => Promise<T>} act
   * @returns {Promise<T>}
   */
  #inTurn(act) {
    const turn = this.#turn.then(act, act);
    this.#turn = turn;
    return turn;
  }

  /** The shop's page says who is here: whoever that is by the time that it can be told. */
  present = () => {
    this.#inTurn(async () => (await proving()).present(this, this.#presented)).catch(this.presentLater);
  };

  presentLater = () => setTimeout(this.present, RETRY_DELAY_MS);

  /** Another token than that which has expired, if the shop's page has one. @returns {Promise<string>} */
  renewed() {
    this.tell({ type: "ask" });
    return new Promise((resolve) => {
      this.#renewed = (jwt) => {
        this.#renewed = undefined;
        resolve(jwt);
      };
    });
  }

  /**
   * From now on the session of who is not identified is this.
   * @param {string} token
   */
  hold(token, adopt = "") {
    if (token !== this.anonymous.token) this.tell({ type: "token", token, adopt });
    this.anonymous = { token, adopt };
  }

  /**
   * Another page of the shop's has another visitor, or none any more.
   * @param {string} token
   */
  #become(token) {
    const before = this.anonymous.token;
    this.anonymous = { token, adopt: "" };
    if (this.jwt || token === before) return;
    this.anonymous.token = ""; // what is over is not ours to tell
    this.host.over();
    this.anonymous.token = token;
    carry(token);
    if (token) this.host.look();
  }

  /** @param {unknown} error */
  report = (error) => this.tell({ type: "error", code: codeOf(error) ?? "unreachable" });

  whoami = () =>
    this.#inTurn(async () => {
      await this.#begun;
      const identified = this.jwt || this.proven ? await (await proving()).whoami(this) : null;
      if (this.jwt) return identified;
      carry(this.anonymous.token);
      return this.anonymous.token ? this.#returning() : null;
    });

  /** Who was here before. @returns {Promise<Me | null>} */
  async #returning() {
    try {
      return await get(`/v1/me?as=visitor&page=${encodeURIComponent(this.#at.page.url)}`);
    } catch (error) {
      if (statusOf(error) !== 401) throw error;
      this.over();
      this.host.noted("note.ended");
      return null;
    }
  }

  /** @param {object} entered */
  enter = (entered) => this.#inTurn(() => this.#enter(given(entered)));

  /**
   * @param {object} form
   * @returns {Promise<Me>}
   */
  async #enter(form) {
    const body = { ...this.#known, ...form, ...this.place, invite: this.#invite };
    try {
      const identified = this.jwt ? await (await proving()).logIn(this, body) : null;
      const me = identified ?? (await this.#make(body));
      this.#invite = undefined;
      session.set(KNOWN_KEY, JSON.stringify(this.#known));
      return me;
    } catch (error) {
      const field = /** @type {"name" | "email"} */ (fieldOf(error));
      if (field in this.#known && !(field in form)) {
        delete this.#known[field]; // what their page says is no reason to keep them from writing
        return this.#enter(form);
      }
      this.report(error);
      throw error;
    }
  }

  /**
   * Somebody of whom nobody says who they are.
   * @param {object} body
   * @returns {Promise<Me>}
   */
  async #make(body) {
    const me = await post("/login/widget", body);
    if (this.anonymous.token && this.anonymous.token !== me.token) return get("/v1/me?as=visitor"); // another page was faster
    this.hold(me.token, me.adopt);
    carry(me.token);
    return me;
  }

  /** @param {Visiting} visit */
  came(visit) {
    this.visit = visit;
    visit.until(() => (this.visit = null));
    visit.renew = async () => !this.jwt || this.#inTurn(async () => (await proving()).renew(this));
    this.#introduce();
    visit.until(visit.connection.listen(({ type }) => type === "hello" && this.#tellPlace()));
    visit.until(effect(() => this.tell({ type: "unread", count: visit.unread.value })));
    visit.until(() => this.tell({ type: "unread", count: 0 }));
    visit.until(tellOfMessages(visit, this.tell));
  }

  left = () => {
    this.over();
    this.#tellOthers();
  };

  over() {
    if (this.proven) this.#inTurn(async () => (await proving()).ended(this)).catch(this.report);
    else {
      this.hold("");
      carry("");
    }
  }

  close = () => {
    shown.value = false;
    this.tell({ type: "close" });
  };
}

/** What follows from a shop's word for who is here: most shops give none. */
const proving = () => loadChunk(() => import("./proven/proving.js"));
