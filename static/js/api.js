/** The server's HTTP side. An error carries `status`, `code`, and in `message` a sentence in the reader's language. */

const PATIENCE_MS = 20_000; // a request into a dead network would be waited for for minutes

/** The whole answer, `{msg, value, ...}`. A server out of reach throws an error without `status`. */
export async function call(method, path, body) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(path, {
    method,
    headers,
    signal,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const type = answer.headers.get("Content-Type") ?? "";
  const found = type.includes("json") ? await answer.json() : {};
  if (!answer.ok) throw Object.assign(new Error(found.msg ?? ""), { status: answer.status, code: found.code });
  return found;
}

/** The `value` of a GET. */
export const get = async (path) => (await call("GET", path)).value;

/** The `value` of a POST. */
export const post = async (path, body = {}) => (await call("POST", path, body)).value;
