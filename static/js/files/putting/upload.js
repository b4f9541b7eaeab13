/** A file that was sent and whose message is not: it is made ready, goes up, and then has its place in the outbox. */

import { batch, signal } from "../../lib.js";
import { t } from "../../i18n.js";
import { random } from "../../random.js";
import { Refusal, statusOf } from "../../api.js";
import { unfit } from "./choice.js";
import { prepared } from "./picture.js";
import { Strange, put } from "./request.js";

/** @import { Unsent, Uploads } from "../../types.d.ts" */
/** @import { Conversation } from "../../conversation.js" */

const PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 15_000]; // the network's troubles; while the socket is lost, too, they are not counted
const PASSING = new Set([408, 429, 502, 503, 504]); // what another try may change
const FINAL = new Set([400, 413, 415, 422]); // the server's word on this very file, which no try changes
/** The uploads whose messages are not stored yet, by the id of the file. @type {Map<string, Upload>} */
const kept = new Map();

export class Upload {
  key = random(9);
  /** What becomes of it. */
  stage = signal(/** @type {"waiting" | "preparing" | "sending" | "pausing" | "failed"} */ ("waiting"));
  /** How much of it has left, from 0 to 1. */
  part = signal(0);
  /** Why it failed. */
  trouble = signal("");
  /** Whether it would fail again. */
  final = signal(false);
  #over = new AbortController();
  /** @type {File | null} */
  #body = null;
  #repeated = false;

  /**
   * @param {Uploads} owner
   * @param {File} file
   * @param {string} content
   * @param {{ note?: boolean, replyTo?: number }} how
   */
  constructor(owner, file, content, how) {
    this.owner = owner;
    this.file = file;
    this.content = content;
    this.how = how;
  }

  /** Takes it away, wherever it is. */
  cancel() {
    this.stop();
    this.#leave();
  }

  /** Interrupts it for good; it stays where it is. */
  stop() {
    this.#over.abort();
  }

  /** After a refusal. */
  retry() {
    this.stage.value = "waiting";
    next(this.owner);
  }

  /**
   * Has its place there, and goes in its turn.
   * @param {Uploads} owner
   */
  goTo(owner) {
    this.#leave();
    this.owner = owner;
    owner.uploads.value = [...owner.uploads.peek(), this];
    next(owner);
  }

  /** @param {Conversation} conversation */
  async begin(conversation) {
    addEventListener("beforeunload", warn);
    try {
      const info = await this.#up(conversation);
      kept.set(info.id, this);
      forgetOnceStored(info.id, conversation);
      batch(() => {
        this.#leave();
        conversation.outbox.add(this.content, { ...this.how, file: info });
      });
    } catch (error) {
      if (this.#over.signal.aborted) return;
      if (statusOf(error) === 401) conversation.connection.probe(); // it finds out that the session is over
      this.trouble.value = words(error);
      this.final.value = FINAL.has(statusOf(error) ?? 0);
      this.stage.value = "failed";
    } finally {
      removeEventListener("beforeunload", warn);
      next(conversation);
    }
  }

  /** The message was refused since the server does not know the file any more; true where it goes up once more. */
  again() {
    if (this.#repeated) return false;
    this.#repeated = true;
    this.stage.value = "waiting";
    this.goTo(this.owner);
    return true;
  }

  /** @param {Conversation} conversation */
  async #up({ uid, as, connection }) {
    this.stage.value = "preparing";
    this.#body ??= await prepared(this.file);
    const trouble = unfit(this.#body, connection.limits.peek()?.file_bytes ?? Infinity, true);
    if (trouble) throw new Refusal(413, trouble);
    const query = new URLSearchParams({ as, client: uid, name: this.#body.name, ...(this.how.note && { note: "1" }) });
    for (let tries = 0; ; tries++) {
      this.#over.signal.throwIfAborted();
      this.stage.value = "sending";
      this.part.value = 0;
      try {
        return await put(`/v1/files?${query}`, this.#body, {
          over: this.#over.signal,
          progress: (part) => (this.part.value = part),
        });
      } catch (error) {
        if (connection.state.peek() !== "live") tries = 0;
        if (!isPassing(error) || tries >= PAUSES_MS.length) throw error;
        this.stage.value = "pausing";
        await this.#pause(Math.max(PAUSES_MS[tries], waitOf(error)), connection);
      }
    }
  }

  /**
   * Until then, or until there is a connection again: the socket may not have noticed that there was none.
   * @param {number} ms
   * @param {Conversation["connection"]} connection
   * @returns {Promise<void>}
   */
  #pause(ms, { state }) {
    const lost = state.peek() !== "live";
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#over.signal.removeEventListener("abort", end);
        removeEventListener("online", end);
        queueMicrotask(() => stop()); // the first call comes before `stop` is known
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#over.signal.addEventListener("abort", end);
      addEventListener("online", end);
      const stop = state.subscribe((now) => lost && now === "live" && end());
    });
  }

  #leave() {
    this.owner.uploads.value = this.owner.uploads.peek().filter((one) => one !== this);
  }
}

/**
 * Sends a file to where a conversation is, or will be.
 * @param {Uploads} owner
 * @param {File} file
 * @param {string} content
 * @param {{ note?: boolean, replyTo?: number }} how
 */
export const upload = (owner, file, content, how) => new Upload(owner, file, content, how).goTo(owner);

/**
 * One after the other: they arrive in their order, and a weak network has one to carry.
 * @param {Uploads} owner
 */
function next(owner) {
  if (!("connection" in owner)) return; // nobody's yet
  const uploads = owner.uploads.peek();
  const stages = uploads.map(({ stage }) => stage.peek());
  if (stages.every((stage) => stage === "waiting" || stage === "failed"))
    uploads[stages.indexOf("waiting")]?.begin(/** @type {Conversation} */ (owner));
}

/**
 * The server refused the message of a file as of one it does not know; true where the file is here and goes up again.
 * @param {Unsent} item
 */
export const again = ({ file }) => Boolean(file && kept.get(file.id)?.again());

/**
 * @param {string} id
 * @param {Conversation} conversation
 */
function forgetOnceStored(id, { outbox }) {
  let known = false;
  const stop = outbox.items.subscribe((items) => {
    const waits = items.some(({ file }) => file?.id === id);
    if (known && !waits) {
      kept.delete(id);
      queueMicrotask(() => stop());
    }
    known ||= waits;
  });
}

/** @param {unknown} error */
const isPassing = (error) => {
  const status = error instanceof Strange ? error.status : statusOf(error);
  return status === undefined || PASSING.has(status);
};

/** @param {any} error */
const waitOf = (error) => error?.wait ?? 0;

/** @param {unknown} error */
function words(error) {
  if (error instanceof Strange)
    return t(error.status === 413 ? "files.proxy_size" : "files.proxy", { status: error.status });
  return statusOf(error) && error instanceof Error && error.message ? error.message : t("files.unreachable");
}

/** Bytes that have not arrived would be gone with the page. @param {BeforeUnloadEvent} event */
function warn(event) {
  if (window === parent) event.preventDefault();
}
