/**
 * One event stream for all pages of this browser: a browser allows six connections to a host, and every page of the
 * console would take one for good.
 *
 * The page that leads reads the stream and passes events on over a BroadcastChannel.
 */

import { LeaderElection } from "../leader_election.js";
import { EventStream } from "./event_stream.js";
import { age } from "../server_time.js";

/** @import { Liveness, Snapshot } from "../types.d.ts" */

/**
 * What pages tell each other.
 * @typedef {{ kind: "want" } | { kind: "alive", state: Liveness } | { kind: "event", type: string, data: any, id?: string }} Passed
 */

const SILENT_LEADER_MS = 35_000; // the leader passes on a sign of life at least every 15 s

/**
 * `handlers`: `event(type, data)`, `state("live" | "lost")`, `refused()`, and `snapshot()` which returns what a page
 * that has just opened needs, as the data of a `snapshot` event, or null.
 */
export class SharedStream {
  #url;
  #on;
  #channel;
  /** @type {EventStream | null} */
  #stream = null;
  #election;
  #heardAt = age();
  /** @type {Liveness} */
  #state = "lost";
  /** @type {string | undefined} */
  #lastId;
  #whole = false; // a snapshot has come: changes can be applied, and `#lastId` can be resumed from
  #closed = false;
  #timer;

  /**
   * @param {string} url
   * @param {string} name
   * @param {{
   *   event: (type: string, data: any) => void,
   *   state: (state: Liveness) => void,
   *   refused: () => void,
   *   snapshot: () => Snapshot | null,
   * }} handlers
   */
  constructor(url, name, handlers) {
    this.#url = url;
    this.#on = handlers;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#timer = setInterval(() => this.#watchLeader(), 5_000);
    this.#channel.postMessage({ kind: "want" });
    this.#election = new LeaderElection(`${name}.stream`, () => this.#read());
  }

  /**
   * After sleep, a change of network or of visibility: make sure that what we read is alive.
   * @param {number} [allowance]
   */
  probe(allowance) {
    if (this.#stream) this.#stream.probe(allowance);
    else this.#watchLeader();
  }

  /** The socket had to be opened anew, so the network did change: do not wait for the silence to show. */
  restart() {
    this.#stream?.open();
  }

  close() {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#stream?.close();
    this.#election.resign();
    this.#channel.close();
  }

  /** Whether this page reads the stream for the others. */
  get leads() {
    return this.#election.leads;
  }

  #read() {
    if (this.#stream || this.#closed) return;
    this.#stream = new EventStream(
      this.#url,
      {
        event: (event) => {
          const data = JSON.parse(event.data);
          this.#lastId = event.id ?? this.#lastId;
          this.#whole = true;
          this.#tell({ kind: "event", type: event.type, data, id: this.#lastId });
          this.#on.event(event.type, data);
        },
        alive: () => this.#tell({ kind: "alive", state: "live" }),
        state: (state) => {
          this.#state = state;
          this.#tell({ kind: "alive", state });
          this.#on.state(state);
        },
        refused: () => this.#on.refused(),
      },
      this.#lastId,
    );
    this.#stream.open();
  }

  /** @param {Passed} message */
  #tell(message) {
    if (this.leads) this.#channel.postMessage(message);
  }

  /** @param {Passed} message */
  #hear(message) {
    if (message.kind === "want") {
      const snapshot = this.leads && this.#on.snapshot();
      if (snapshot) this.#tell({ kind: "event", type: "snapshot", data: snapshot, id: this.#lastId });
      if (this.leads) this.#tell({ kind: "alive", state: this.#state });
      return;
    }
    this.#heardAt = age();
    if (this.leads) return;
    if (this.#stream) {
      this.#stream.close(); // the leader woke up: our own stream was a stopgap
      this.#stream = null;
    }
    if (message.kind === "event") {
      this.#whole ||= message.type === "snapshot";
      if (!this.#whole) return; // changes to a list that we do not have yet
      this.#lastId = message.id;
      this.#on.event(message.type, message.data);
    } else if (message.state !== this.#state) {
      this.#state = message.state;
      this.#on.state(message.state);
    }
  }

  /** A page put to sleep by its browser may still hold the lock. Read for ourselves until it speaks again. */
  #watchLeader() {
    const silent = age() - this.#heardAt > SILENT_LEADER_MS;
    if (!this.leads && !this.#stream && silent && !document.hidden) this.#read();
  }
}
