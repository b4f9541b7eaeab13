/** What the server says at an address, asked again and again while the page is looked at. */

import { useEffect, useRef, useState } from "../lib.js";
import { get } from "../api.js";

/**
 * What was said last, what went wrong since then, and how to ask at once. A question that fails ends nothing.
 * @template T
 * @typedef {[known: T | null, error: unknown, load: () => Promise<void>]} Again
 */

/**
 * @template T
 * @param {string} path
 * @param {number} interval
 * @param {boolean} may whether there is anything to ask for
 * @returns {Again<T>}
 */
export function useAskedAgain(path, interval, may = true) {
  const [known, learn] = useState(/** @type {T | null} */ (null));
  const [error, fail] = useState(/** @type {unknown} */ (null));
  const asked = useRef(0);
  const taken = useRef(0); // what was asked before this is old, whenever it is answered
  const load = async () => {
    const mine = ++asked.current;
    /** @type {T | null} */
    let found = null;
    /** @type {unknown} */
    let trouble = null;
    try {
      found = await get(path);
    } catch (caught) {
      trouble = caught;
    }
    if (mine < taken.current) return;
    taken.current = mine;
    if (!trouble) learn(found);
    fail(trouble);
  };
  useEffect(() => {
    if (!may) return undefined;
    load();
    const timer = setInterval(() => document.hidden || load(), interval);
    return () => clearInterval(timer);
  }, []);
  return [known, error, load];
}
