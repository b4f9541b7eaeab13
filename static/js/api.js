/** The server's HTTP side. */

import { initialAnswer } from "./initial_data.js";

const REQUEST_TIMEOUT_MS = 20_000; // a request into a dead network would be waited for for minutes

/** An answer that is none of success: `message` is a sentence in the reader's language, or "". */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} [message]
   * @param {string} [code]
   */
  constructor(status, message, code) {
    super(message);
    this.status = status;
    this.code = code;
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
 * The whole answer, `{msg, value, ...}`. Throws a Refusal, or another error where the server is out of reach.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>} What the server said, by docs/protocol.md.
 */
export async function call(method, path, body) {
  const { status, body: found } = initialAnswer(method, path) ?? (await ask(method, path, body));
  if (status >= 400) throw new Refusal(status, found.msg, found.code);
  return found;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
async function ask(method, path, body) {
  /** @type {Record<string, string>} */
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const answer = await fetch(path, {
    method,
    headers,
    signal,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const type = answer.headers.get("Content-Type") ?? "";
  return { status: answer.status, body: type.includes("json") ? await answer.json() : {} };
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
