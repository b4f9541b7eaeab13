/** One file on its way to the server: a request that tells how far it is. */

import { Refusal, addressed, carriedHeaders } from "../../api.js";
import { parsed } from "../../storage.js";

/** @import { FileInfo } from "../../types.d.ts" */

const STALL_MS = 60_000; // without a byte that leaves, and from the last one to the answer: a scanner may take 30 s

/** An answer that is none of the server's: of a proxy in front of it. */
export class Strange extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`an answer ${status} that is not the server's`);
    this.status = status;
  }
}

/**
 * What the server keeps of it. Throws a Refusal, a Strange, or another error where nobody answered or `over` was told.
 * @param {string} path
 * @param {File} file
 * @param {{ over: AbortSignal, progress: (part: number) => void }} told
 * @returns {Promise<FileInfo>}
 */
export function put(path, file, { over, progress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much has left
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let stalled;
    const alive = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALL_MS);
    };
    const abort = () => request.abort();
    request.upload.onprogress = ({ loaded, total }) => (alive(), progress(total ? loaded / total : 0));
    request.onerror = request.onabort = () => reject(new Error("the file did not arrive"));
    request.onload = () => {
      const answer = parsed(request.responseText, null);
      if (request.status === 201 && answer?.value?.id) resolve(answer.value);
      else if (answer?.code) reject(refused(request.status, answer));
      else reject(new Strange(request.status));
    };
    request.onloadend = () => {
      clearTimeout(stalled);
      over.removeEventListener("abort", abort);
    };
    over.addEventListener("abort", abort);
    request.open("POST", addressed(path));
    for (const [name, value] of Object.entries(carriedHeaders())) request.setRequestHeader(name, value);
    request.setRequestHeader("Accept-Language", document.documentElement.lang || "*");
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    alive();
    request.send(file);
  });
}

/**
 * @param {number} status
 * @param {{ msg?: string, code?: string, retry_ms?: number }} answer
 */
function refused(status, { msg, code, retry_ms: wait }) {
  const refusal = new Refusal(status, msg, code);
  return wait ? Object.assign(refusal, { wait }) : refusal;
}
