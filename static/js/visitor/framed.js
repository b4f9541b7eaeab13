/**
 * Where the session of a frame on a shop's own site is: with the loader, as a token, since browsers let a frame on
 * another's site keep nothing for sure. No cookie is used, and the panel that the frame is in may be closed.
 */

import { batch, effect } from "../lib.js";
import { carry, codeOf, fieldOf, get, post, statusOf } from "../api.js";
import { shown, wanted } from "../looking.js";
import { session } from "../storage.js";
import { whenLeft } from "./frames.js";
import { given, known } from "./known.js";
import { closeByEscape, tellOfMessages } from "./panel.js";
import { portOfLoader } from "./port.js";

/** @import { Home, Host, Me, Visiting } from "../types.d.ts" */
/** @import { Known } from "./known.js" */

/** @typedef {{ url: string, title: string, referrer: string }} ShopPage */

const KNOWN_KEY = "chatadmin.known";

/** @implements {Home} */
export class Framed {
  #host;
  /** @type {MessagePort | null} */
  #port = null;
  #begun;
  #token = "";
  /** @type {ShopPage} */
  #page = { url: "", title: "", referrer: "" };
  #tz = "";
  /** @type {Known} */
  #known = {};
  #tellOthers;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
    shown.value = false; // until the loader says that it is
    if (parent === window) location.replace("/"); // the address was opened by itself
    this.#tellOthers = whenLeft(host.left);
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
  #tell = (message) => this.#port?.postMessage(message);

  /** What the loader asks for. @type {Record<string, (how: any) => unknown>} */
  #asked = {
    open: ({ text }) => {
      if (text) this.#host.suggest(text);
      batch(() => {
        shown.value = true;
        wanted.value = true;
      });
    },
    close: () => (shown.value = false),
    page: ({ url, title }) => (this.#page = { ...this.#page, url, title }),
    known: (how) => {
      this.#learn(how);
      this.#introduce();
    },
    token: ({ token }) => this.#become(token),
  };

  /** @param {{ token: string, page: ShopPage, tz: string, known: object, open: boolean }} how */
  #begin({ token, page, tz, known: said, open }) {
    this.#page = page;
    this.#tz = tz;
    this.#learn(said);
    this.#hold(token);
    shown.value = open;
  }

  /** @param {object} said */
  #learn(said) {
    this.#known = { ...this.#known, ...known(said) };
    this.#host.introduced(this.#known);
  }

  /** Tells the shop what its page knows of this visitor, unless it was told. */
  #introduce() {
    const told = JSON.stringify(this.#known);
    if (!this.#token || told === "{}" || told === session.get(KNOWN_KEY)) return;
    session.set(KNOWN_KEY, told);
    post("/login/widget", this.#known).catch(this.#report);
  }

  /** @param {string} token */
  #hold(token) {
    this.#token = token;
    carry(token);
  }

  /**
   * Another page of the shop's has another visitor, or none any more.
   * @param {string} token
   */
  #become(token) {
    if (token === this.#token) return;
    this.#token = ""; // what is over is not ours to tell
    this.#host.over();
    this.#hold(token);
    if (token) this.#host.look();
  }

  /** @param {unknown} error */
  #report = (error) => this.#tell({ type: "error", code: codeOf(error) ?? "unreachable" });

  async whoami() {
    await this.#begun;
    if (!this.#token) return null;
    try {
      return await get(`/v1/me?as=visitor&page=${encodeURIComponent(this.#page.url)}`);
    } catch (error) {
      if (statusOf(error) !== 401) throw error;
      this.over();
      this.#host.noted("note.ended");
      return null;
    }
  }

  /**
   * @param {object} entered
   * @returns {Promise<Me>}
   */
  async enter(entered) {
    const form = given(entered);
    const { url: page, title, referrer } = this.#page;
    try {
      const me = await post("/login/widget", { ...this.#known, ...form, page, title, referrer, tz: this.#tz });
      if (this.#token && this.#token !== me.token) return get("/v1/me?as=visitor"); // another page was faster
      this.#hold(me.token);
      this.#tell({ type: "token", token: me.token });
      session.set(KNOWN_KEY, JSON.stringify(this.#known));
      return me;
    } catch (error) {
      const field = /** @type {keyof Known} */ (fieldOf(error));
      if (field in this.#known && !(field in form)) {
        delete this.#known[field]; // what their page says is no reason to keep them from writing
        return this.enter(entered);
      }
      this.#report(error);
      throw error;
    }
  }

  /** @param {Visiting} visit */
  came(visit) {
    this.#introduce();
    visit.until(effect(() => this.#tell({ type: "unread", count: visit.unread.value })));
    visit.until(() => this.#tell({ type: "unread", count: 0 }));
    visit.until(tellOfMessages(visit, this.#tell));
  }

  left = () => {
    this.over();
    this.#tellOthers();
  };

  over() {
    if (this.#token) this.#tell({ type: "token", token: "" });
    this.#hold("");
  }

  close = () => {
    shown.value = false;
    this.#tell({ type: "close" });
  };
}
