/**
 * The one socket of a page: opened again for ever, with growing pauses, until the session ends or the page does.
 *
 * A socket is believed only while it answers: sleep and changes of network leave sockets that look open and are dead.
 */

import { signal } from "./lib.js";
import { get, socketAddress, statusOf } from "./api.js";
import { age, askBy, heard } from "./server_time.js";

/** @import { Frame, Hello, Limits, Person, Said, Timer } from "./types.d.ts" */

const PING_INTERVAL_MS = 10_000;
const MOST_UNANSWERED_PINGS = 2; // pings, not seconds: timers of a page in the background run late
const GREETING_TIMEOUT_MS = 15_000; // from opening to hello; a network that swallows everything never says no
const STEADY_TIME_MS = 5_000; // a connection that lasted this long starts the pauses anew
const PROBE_TIMEOUT_MS = 3_000; // after sleep nobody wants to wait for twenty seconds
const RETRY_DELAYS_MS = [300, 700, 1_500, 3_000, 6_000, 10_000];
const SESSION_ENDED_CODE = 4401;

/** `path(): string` is asked at each opening, so that it can say how far we got; `whoami` is the path that says 401. */
export class Connection {
  /** "connecting" at first, "live" from each hello on, "lost" between. */
  state = signal(/** @type {"connecting" | "live" | "lost"} */ ("connecting"));
  /** @type {Person | null} */
  user = null;
  /** What the server takes, once it said hello. */
  limits = signal(/** @type {Limits | null} */ (null));
  /** Whether it knows files: one of a former version, beside those of this one, would store the words without theirs. */
  knowsFiles = false;
  #path;
  #whoami;
  #ended;
  /** @type {Set<(frame: Frame) => unknown>} */
  #listeners = new Set();
  /** @type {WebSocket | null} */
  #socket = null;
  #attempt = 0;
  /** @type {Partial<Record<"retry" | "probe" | "ping" | "greeting", Timer>>} */
  #timers = {};
  #unanswered = 0;
  #byeMs = 0;
  #closed = false;

  /** @param {{ path: () => string, whoami: string, ended: () => void }} options */
  constructor({ path, whoami, ended }) {
    this.#path = path;
    this.#whoami = whoami;
    this.#ended = ended;
    askBy(() => this.probe()); // its pong says what time it is
  }

  /**
   * `listener(frame)` is told every frame, `{type: "lost"}` among them; returns how to stop.
   * @param {(frame: Frame) => unknown} listener
   */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Connects; from then on the connection keeps itself. */
  open() {
    clearTimeout(this.#timers.retry);
    this.#drop();
    const socket = (this.#socket = new WebSocket(socketAddress(this.#path()), "chatadmin.v1"));
    this.#timers.greeting = setTimeout(() => (this.#drop(), this.#later()), GREETING_TIMEOUT_MS);
    let greeted = 0; // at what age
    socket.onmessage = ({ data }) => {
      this.#unanswered = 0;
      clearTimeout(this.#timers.probe);
      /** @type {Frame} */
      const frame = JSON.parse(data);
      if ("time" in frame) heard(frame.time);
      if (frame.type === "hello") {
        greeted = age();
        this.#greeted(frame);
      } else if (frame.type === "bye") this.#byeMs = frame.retry_ms;
      this.#tell(frame);
    };
    socket.onclose = ({ code }) => {
      if (socket !== this.#socket) return;
      this.#socket = null;
      this.#lose();
      if (greeted && age() - greeted > STEADY_TIME_MS) this.#attempt = 0;
      if (code === SESSION_ENDED_CODE) this.#finish();
      else if (greeted) this.#later();
      else this.#refused();
    };
  }

  /**
   * True when the frame was handed to the socket, which does not mean that it arrived.
   * @param {Said} frame
   */
  send(frame) {
    if (this.state.peek() !== "live" || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Asks whether the server is really there: after sleep, on becoming visible, on a new network. */
  probe() {
    if (this.#closed) return undefined;
    if (!this.#socket) return this.open();
    if (!this.send({ type: "ping" })) return undefined; // still on its way
    clearTimeout(this.#timers.probe);
    this.#timers.probe = setTimeout(() => this.#restart(), PROBE_TIMEOUT_MS);
    return undefined;
  }

  /** The page is left or put to sleep: says goodbye now, so that nobody is thought to be here; `probe` opens it anew. */
  rest() {
    if (this.#closed) return;
    clearTimeout(this.#timers.retry);
    this.#drop();
  }

  /** Ends the connection for good. */
  close() {
    this.#closed = true;
    this.#drop();
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
  }

  /** @param {Hello} frame */
  #greeted(frame) {
    clearTimeout(this.#timers.greeting);
    this.user = frame.user;
    this.limits.value = frame.limits;
    this.knowsFiles = frame.ticket !== undefined;
    this.state.value = "live";
    clearInterval(this.#timers.ping);
    this.#timers.ping = setInterval(() => {
      if (this.#unanswered >= MOST_UNANSWERED_PINGS) return this.#restart();
      this.#unanswered += 1;
      return this.send({ type: "ping" });
    }, PING_INTERVAL_MS);
  }

  /** @param {Frame} frame */
  #tell(frame) {
    for (const listener of this.#listeners) listener(frame);
  }

  #lose() {
    clearInterval(this.#timers.ping);
    clearTimeout(this.#timers.probe);
    clearTimeout(this.#timers.greeting);
    this.state.value = "lost";
    this.#tell({ type: "lost" });
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
    this.#lose();
  }

  #restart() {
    if (this.#closed) return;
    this.#drop();
    this.open();
  }

  #later() {
    clearTimeout(this.#timers.retry);
    const wait = this.#byeMs || RETRY_DELAYS_MS[Math.min(this.#attempt++, RETRY_DELAYS_MS.length - 1)];
    this.#byeMs = 0;
    if (!this.#closed) this.#timers.retry = setTimeout(() => this.open(), wait * (0.75 + Math.random() / 2));
  }

  /** Browsers do not tell why a handshake was refused: ask whether it is us. */
  async #refused() {
    try {
      await get(this.#whoami);
    } catch (error) {
      if (statusOf(error) === 401) return this.#finish();
    }
    if (!this.#socket) this.#later(); // else somebody has opened it anew meanwhile
    return undefined;
  }

  #finish() {
    if (this.#closed) return;
    this.close();
    this.#ended();
  }
}
