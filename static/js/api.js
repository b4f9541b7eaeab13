/** The server's HTTP side. */

import { initialAnswer } from "./initial_data.js";

const REQUEST_TIMEOUT_MS = 20_000; // a request into a dead network would be waited for for minutes

/** An answer that is none of success: `message` is a sentence in the reader's language, or "". */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} [message]
   * @param {string} [code]
   * @param {string} [field] Which of those that were sent it is about.
   */
  constructor(status, message, code, field) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

/**
 * The status of what a request threw; undefined where the server was out of reach.
 *
 * @param {unknown} error
 */
export const statusOf = (error) => (error instanceof Refusal ? error.status : undefined);

/**
 * The stable code of what a request threw, if the server gave one.
 *
 * @param {unknown} error
 */
export const codeOf = (error) => (error instanceof Refusal ? error.code : undefined);

/**
 * The field that what a request threw is about, if it is about one.
 *
 * @param {unknown} error
 */
export const fieldOf = (error) => (error instanceof Refusal ? error.field : undefined);

/**
 * The whole answer, `{msg, value, ...}`. Throws a Refusal, or another error where the server is out of reach. `body` is
 * sent as JSON, but for bytes, which are sent as they are.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>} What the server said, by docs/protocol.md.
 */
export async function call(method, path, body) {
  const { status, body: found } = initialAnswer(method, path) ?? (await ask(method, path, body));
  if (status >= 400) throw new Refusal(status, found.msg, found.code, found.field);
  return found;
}

/** @type {{ uid: string, over: () => void } | null} */
let actor = null;

/**
 * Whom this page acts for from now on, null for nobody; `over()` is called when that session turns out to be over. All
 * pages of a browser share its cookie, and somebody else may have logged in in another one. So whatever this one asks
 * says who it believes to be, and the server refuses to do it as anybody else.
 * @param {{ uid: string, over: () => void } | null} who
 */
export const actAs = (who) => (actor = who);

/** The session of a page that uses no cookies, "" for none; null in all others. @type {string | null} */
let carried = null;

/**
 * From now on this page uses no cookies, and has this session.
 * @param {string} token
 */
export const carry = (token) => (carried = token);

/** What a request that `fetch` does not make carries of the session. @returns {Record<string, string>} */
export const carriedHeaders = () => (carried ? { Authorization: `Bearer ${carried}` } : {});

/** Whether what the browser asks for by itself, such as a file to save, has our session with it. */
export const isKnownToBrowser = () => carried === null;

/**
 * An address of the server as this page asks for it.
 * @param {string} path
 */
export const addressed = (path) => (actor ? `${path}${path.includes("?") ? "&" : "?"}me=${actor.uid}` : path);

/**
 * The same for a socket, which alone can carry a session nowhere else.
 * @param {string} path
 */
export function socketAddress(path) {
  const url = new URL(addressed(path), location.href);
  url.protocol = url.protocol.replace("http", "ws");
  if (carried) url.searchParams.set("token", carried);
  return url;
}

/**
 * `fetch`, for whom this page acts for.
 * @param {string} path
 * @param {RequestInit} options
 */
export async function request(path, options) {
  const asking = actor;
  const answer = await fetch(
    addressed(path),
    carried === null ? options : { ...options, ...carrying(options, carried) },
  );
  if (answer.status === 401 && asking === actor) asking?.over();
  return answer;
}

/**
 * @param {RequestInit} options
 * @param {string} token
 * @returns {RequestInit}
 */
const carrying = ({ headers }, token) => ({
  credentials: "omit",
  headers: token ? { ...headers, ...carriedHeaders() } : headers,
});

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
async function ask(method, path, body) {
  /** Refusals speak the language of the page, which need not be the browser's. @type {Record<string, string>} */
  const headers = { "Accept-Language": globalThis.document?.documentElement.lang || "*" };
  const bytes = body instanceof Blob; // which say themselves what they are
  if (body && !bytes) headers["Content-Type"] = "application/json";
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), REQUEST_TIMEOUT_MS);
  try {
    const answer = await request(path, {
      method,
      headers,
      signal: over.signal,
      body: bytes ? body : JSON.stringify(body),
    });
    const type = answer.headers.get("Content-Type") ?? "";
    return { status: answer.status, body: type.includes("json") ? await answer.json() : {} };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The `value` of a GET.
 * @param {string} path
 */
export const get = async (path) => (await call("GET", path)).value;

/**
 * The `value` of a POST.
 * @param {string} path
 * @param {object} [body]
 */
export const post = async (path, body = {}) => (await call("POST", path, body)).value;
