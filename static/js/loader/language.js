/** The words: in the language that the shop says, else that of its page, else one of its reader. */

import { options } from "./options.js";

/** @import { LoaderKey } from "../types.d.ts" */

/** The first that there is: "en" for "en-GB" too, and where there is none of them. */
export const language = () =>
  [options.lang, document.documentElement.lang, ...navigator.languages]
    .join()
    .toLowerCase()
    .replace(/-[^,]*/g, "")
    .split(",")
    .find((tag) => options.words.launcher[tag]) ?? "en";

/** @param {LoaderKey} key @returns {string} */
export const t = (key) => /** @type {any} */ (options)[key] ?? options.words[key]?.[language()];
