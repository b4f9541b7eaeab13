/**
 * Server-sent events read with fetch.
 *
 * Not EventSource: that never shows the comment lines by which a stream proves that it is alive, nor the status of a
 * refusal, so a dashboard built on it is silently dead after a laptop's sleep.
 */

import { Refusal, request, statusOf } from "../api.js";
import { age } from "../server_time.js";

/** @import { Liveness } from "../types.d.ts" */

/** @typedef {{ type: string, data: string, id?: string }} StreamEvent */

const SILENCE_LIMIT_MS = 40_000; // the server comments every 15 s: two missed and some slack
const RETRY_DELAYS_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000];

/**
 * Calls `emit({type, data, id})` for each whole event in the text it is fed; `data` is the raw string.
 * @param {(event: StreamEvent) => void} emit
 */
export function eventParser(emit) {
  let pending = "";
  /** @type {{ type: string, data: string[], id?: string }} */
  let event = { type: "message", data: [] };
  /** @param {string} text */
  const line = (text) => {
    if (text === "") {
      if (event.data.length) emit({ ...event, data: event.data.join("\n") });
      event = { type: "message", data: [] };
      return;
    }
    const colon = text.indexOf(":");
    if (colon === 0) return; // a comment: a sign of life and nothing more
    const name = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (name === "event") event.type = value;
    else if (name === "data") event.data.push(value);
    else if (name === "id") event.id = value;
  };
  /** @param {string} text */
  return (text) => {
    const lines = (pending + text).split(/\r\n|\n|\r(?!$)/);
    pending = lines.pop() ?? "";
    lines.forEach(line);
  };
}

/**
 * Keeps one stream open until closed. Handlers: `event({type, data, id})`, `alive()` at any byte, `state("live" | "lost")`,
 * and `refused()` when the session is no longer good (nothing is retried after that).
 */
export class EventStream {
  #url;
  #on;
  /** @type {AbortController | null} */
  #abort = null;
  #attempt = 0;
  #retry = 0;
  #watchdog = 0;
  #heardAt = 0;
  lastId;

  /**
   * @param {string} url With a query.
   * @param {{ event: (event: StreamEvent) => void, alive: () => void, state: (state: Liveness) => void, refused: () => void }} handlers
   * @param {string} [lastId]
   */
  constructor(url, handlers, lastId) {
    this.#url = url;
    this.#on = handlers;
    this.lastId = lastId;
  }

  open() {
    clearTimeout(this.#retry);
    this.#abort?.abort();
    this.#heardAt = age();
    clearInterval(this.#watchdog);
    this.#watchdog = setInterval(() => this.probe(), 5_000);
    const abort = (this.#abort = new AbortController());
    this.#read(abort.signal).catch((error) => {
      if (abort.signal.aborted && abort !== this.#abort) return; // replaced or closed on purpose
      if (statusOf(error) === 401) return this.#refuse();
      this.#on.state("lost");
      this.#later();
    });
  }

  /** Starts afresh where the stream has said nothing for too long; harmless otherwise. */
  probe(allowance = SILENCE_LIMIT_MS) {
    if (this.#abort && age() - this.#heardAt > allowance) {
      this.#on.state("lost");
      this.open();
    }
  }

  close() {
    const abort = this.#abort;
    this.#abort = null;
    abort?.abort();
    clearTimeout(this.#retry);
    clearInterval(this.#watchdog);
  }

  /** @param {AbortSignal} signal */
  async #read(signal) {
    const from = this.lastId ? `&last_event_id=${encodeURIComponent(this.lastId)}` : "";
    const answer = await request(this.#url + from, {
      signal,
      cache: "no-store",
      headers: { Accept: "text/event-stream" },
    });
    if (!answer.ok) throw new Refusal(answer.status);
    this.#attempt = 0;
    this.#on.state("live");
    const feed = eventParser((event) => {
      if (event.id !== undefined) this.lastId = event.id;
      this.#on.event(event);
    });
    const reader = /** @type {ReadableStream<BufferSource>} */ (answer.body).getReader();
    const decoder = new TextDecoder();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) throw new Error("stream ended");
      this.#heardAt = age();
      this.#on.alive();
      feed(decoder.decode(value, { stream: true }));
    }
  }

  #refuse() {
    this.close();
    this.#on.refused();
  }

  #later() {
    const wait = RETRY_DELAYS_MS[Math.min(this.#attempt++, RETRY_DELAYS_MS.length - 1)];
    clearInterval(this.#watchdog);
    this.#retry = setTimeout(() => this.open(), wait * (0.75 + Math.random() / 2));
  }
}
