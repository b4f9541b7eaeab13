/** Initial data: the answers to a page's first questions come with it, so that it can be used before it has asked. */

const block = globalThis.document?.getElementById("answers");
/** By path. @type {Record<string, {status: number, body: any}>} */
let answers = JSON.parse(block?.textContent || "{}");

/**
 * The answer that came with the page, if one did: each once, and none after anything was changed from here.
 * @param {string} method
 * @param {string} path
 */
export function initialAnswer(method, path) {
  if (method !== "GET") answers = {};
  const answer = answers[path];
  delete answers[path];
  return answer;
}
