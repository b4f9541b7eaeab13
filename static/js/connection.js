/**
 * The one socket of a page: opened again for ever, with growing pauses, until the session ends or the page does.
 *
 * A socket is believed only while it answers: sleep and changes of network leave sockets that look open and are dead.
 */

import { signal } from "./lib.js";
import { get } from "./api.js";

const PING_MS = 10_000;
const SILENT_MS = 20_000; // two pings unanswered
const PROBE_MS = 3_000; // after sleep nobody wants to wait for twenty seconds
const RETRY_MS = [300, 700, 1_500, 3_000, 6_000, 10_000];
const SESSION_ENDED = 4401;

/** `path(): string` is asked at each opening, so that it can say how far we got; `whoami` is the path that says 401. */
export class Connection {
  /** "connecting" until the first hello, then "live" or "lost". */
  state = signal("connecting");
  user = null;
  limits = null;
  #path;
  #whoami;
  #ended;
  #listeners = new Set();
  #socket = null;
  #attempt = 0;
  #timers = { retry: 0, probe: 0, ping: 0 };
  #heardAt = 0;
  #byeMs = 0;
  #closed = false;

  constructor({ path, whoami, ended }) {
    this.#path = path;
    this.#whoami = whoami;
    this.#ended = ended;
  }

  /** `listener(frame)` is told every frame, `{type: "lost"}` among them; returns how to stop. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Connects; from then on the connection keeps itself. */
  open() {
    clearTimeout(this.#timers.retry);
    this.#drop();
    const url = new URL(this.#path(), location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = (this.#socket = new WebSocket(url, "chatadmin.v1"));
    this.#heardAt = Date.now();
    let greeted = false;
    socket.onmessage = ({ data }) => {
      this.#heardAt = Date.now();
      clearTimeout(this.#timers.probe);
      const frame = JSON.parse(data);
      if (frame.type === "hello") {
        greeted = true;
        this.#greeted(frame);
      } else if (frame.type === "bye") this.#byeMs = frame.retry_ms;
      this.#tell(frame);
    };
    socket.onclose = ({ code }) => {
      if (socket !== this.#socket) return;
      this.#socket = null;
      this.#lose();
      if (code === SESSION_ENDED) this.#finish();
      else if (greeted) this.#later();
      else this.#refused();
    };
  }

  /** True when the frame was handed to the socket, which does not mean that it arrived. */
  send(frame) {
    if (this.state.peek() !== "live" || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Is it really there? Asked after sleep, on becoming visible, on a new network. */
  probe() {
    if (this.#closed) return;
    if (!this.#socket) return this.open();
    this.send({ type: "ping" });
    clearTimeout(this.#timers.probe);
    this.#timers.probe = setTimeout(() => this.#restart(), PROBE_MS);
  }

  /** Ends it for good. */
  close() {
    this.#closed = true;
    this.#drop();
    Object.values(this.#timers).forEach(clearTimeout);
  }

  #greeted(frame) {
    this.#attempt = 0;
    this.user = frame.user;
    this.limits = frame.limits;
    this.state.value = "live";
    clearInterval(this.#timers.ping);
    this.#timers.ping = setInterval(() => {
      if (Date.now() - this.#heardAt > SILENT_MS) this.#restart();
      else this.send({ type: "ping" });
    }, PING_MS);
  }

  #tell(frame) {
    for (const listener of this.#listeners) listener(frame);
  }

  #lose() {
    clearInterval(this.#timers.ping);
    clearTimeout(this.#timers.probe);
    if (this.state.peek() !== "connecting") this.state.value = "lost";
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
    const wait = this.#byeMs || RETRY_MS[Math.min(this.#attempt++, RETRY_MS.length - 1)];
    this.#byeMs = 0;
    if (!this.#closed) this.#timers.retry = setTimeout(() => this.open(), wait * (0.75 + Math.random() / 2));
  }

  /** Browsers do not tell why a handshake was refused: ask whether it is us. */
  async #refused() {
    try {
      await get(this.#whoami);
    } catch (error) {
      if (error.status === 401) return this.#finish();
    }
    return this.#later();
  }

  #finish() {
    if (this.#closed) return;
    this.close();
    this.#ended();
  }
}
