/** A visitor without a page: the product's own scripts in Node, before the running server. */

import { once } from "node:events";
import { createConnection, createServer } from "node:net";
import { Connection } from "../../static/js/connection.js";
import { Conversation } from "../../static/js/conversation.js";
import { effect, signal } from "../../static/js/lib.js";

/** @import { AddressInfo, Socket } from "node:net" */

const server = new URL(process.env.CHATADMIN_URL ?? "");
const tokens = new Map(); // a relay's origin -> whose session speaks through it
const { fetch: plainFetch, WebSocket: PlainWebSocket } = globalThis;

// What a page has and Node has not: an address, and cookies, in whose place a program has its token.
const address = { href: server.href };
Object.defineProperty(globalThis, "location", { value: address });
globalThis.fetch = (path, options = {}) => {
  const url = new URL(String(path), address.href);
  return plainFetch(url, { ...options, headers: { ...options.headers, Authorization: tokens.get(url.origin) ?? "" } });
};
globalThis.WebSocket = class extends PlainWebSocket {
  /**
   * @param {string | URL} url
   * @param {string | string[]} [protocol]
   */
  constructor(url, protocol) {
    const headers = { Authorization: tokens.get(new URL(url).origin.replace("ws", "http")) ?? "" };
    super(url, /** @type {any} */ ({ protocols: protocol, headers })); // Node's own way to give headers
    let opened = false;
    this.addEventListener("open", () => (opened = true));
    // Node 20 forgets to tell that a refused handshake closes the socket, as browsers do.
    this.addEventListener("error", () => opened || this.onclose?.(/** @type {CloseEvent} */ ({ code: 1006 })));
  }
};

/** A connection that can be cut, and that can swallow what it is given. */
class Relay {
  /** @type {Set<Socket[]>} */
  #pairs = new Set();
  #server = createServer((near) => this.#carry(near));
  origin = "";
  swallows = false;
  /** Called with each chunk on its way to the server: "before" or "behind" it the connection is cut. @type {(chunk: Buffer) => string} */
  cuts = () => "";

  async listen() {
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
    const { port } = /** @type {AddressInfo} */ (this.#server.address());
    this.origin = `http://127.0.0.1:${port}`;
  }

  /** @param {Socket} near */
  #carry(near) {
    const far = createConnection(Number(server.port), server.hostname);
    const pair = [near, far];
    this.#pairs.add(pair);
    near.on("data", (/** @type {Buffer} */ chunk) => {
      const cut = this.cuts(chunk);
      if (cut === "before") pair.forEach((one) => one.destroy());
      else if (cut === "behind")
        far.end(chunk, () => near.destroy()); // the server gets it, we get no answer
      else if (!this.swallows) far.write(chunk);
    });
    far.on("data", (chunk) => this.swallows || near.write(chunk));
    for (const one of pair) {
      one.on("error", () => {}); // a cut connection is what this is for
      one.on("close", () => (pair.forEach((other) => other.destroy()), this.#pairs.delete(pair)));
    }
  }

  cut() {
    for (const pair of this.#pairs) pair.forEach((one) => one.destroy());
  }

  close() {
    this.#server.close();
    this.cut();
  }
}

/** One tab. Scripts share one `location`, so tabs that differ are opened one after the other. */
export class Tab {
  #ended = signal(false);

  /** Whether the session has ended, as this tab knows. */
  get ended() {
    return this.#ended.value;
  }

  /**
   * @param {Relay} relay
   * @param {string} uid
   */
  constructor(relay, uid) {
    this.relay = relay;
    this.connection = new Connection({
      path: () => `${relay.origin}/v1/chat?as=visitor${this.conversation.query}`,
      whoami: `${relay.origin}/v1/me?as=visitor`,
      ended: () => (this.#ended.value = true),
    });
    this.conversation = new Conversation({ uid, as: "visitor", me: uid, connection: this.connection });
  }

  /** @param {string} token */
  static async open(token) {
    const relay = new Relay();
    await relay.listen();
    tokens.set(relay.origin, token);
    address.href = relay.origin;
    const { value: me } = await (await fetch("/v1/me?as=visitor")).json();
    const tab = new Tab(relay, me.uid);
    await until(() => tab.conversation.state.value === "ready", "the history");
    tab.connection.open();
    await until(() => tab.connection.state.value === "live", "the connection");
    return tab;
  }

  texts() {
    return this.conversation.history.entries.value
      .filter((entry) => entry.type === "message")
      .map((entry) => entry.content);
  }

  seqs() {
    return this.conversation.history.entries.value.map((entry) => entry.seq);
  }

  /**
   * Waits until everything written here is acknowledged.
   * @param {number} [seconds]
   */
  stored(seconds) {
    return until(() => this.conversation.outbox.items.value.length === 0, "all acknowledgements", seconds);
  }

  close() {
    this.conversation.close();
    this.connection.close();
    this.relay.close();
  }
}

/**
 * Logs a visitor in; returns the token.
 * @param {string} nickname
 */
export async function login(nickname) {
  const body = JSON.stringify({ nickname });
  const answer = await plainFetch(new URL("/login", server), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
  });
  return answer.headers.get("Token") ?? "";
}

/** @param {string} token */
export const logout = (token) =>
  plainFetch(new URL("/logout", server), { method: "POST", headers: { Authorization: token } });

/**
 * Every message of the history, as the server tells it.
 * @param {string} token
 * @returns {Promise<string[]>}
 */
export async function history(token) {
  const answer = await plainFetch(new URL("/v1/msgs?limit=200", server), { headers: { Authorization: token } });
  return (await answer.json()).value.map((/** @type {{ content: string }} */ item) => item.content);
}

/**
 * Waits until a condition on signals is true.
 * @param {() => boolean} condition
 * @param {string} what
 * @returns {Promise<void>}
 */
export function until(condition, what, seconds = 15) {
  return new Promise((resolve, reject) => {
    let stop = () => {};
    const timer = setTimeout(() => (stop(), reject(new Error(`not within ${seconds} s: ${what}`))), seconds * 1000);
    stop = effect(() => {
      if (!condition()) return;
      clearTimeout(timer);
      queueMicrotask(() => (stop(), resolve()));
    });
  });
}
