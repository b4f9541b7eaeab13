/** The words: in the language that the shop says, else that of its page, else one of its reader. */

import { options } from "./options.js";

/** @import { LoaderKey } from "../types.d.ts" */

/** The first that there is: "en" for "en-GB" too. */
export const language = () =>
  [options.lang, document.documentElement.lang, ...navigator.languages]
    .flatMap((tag = "") => [tag.toLowerCase(), tag.toLowerCase().replace(/-.*/, "")])
    .find((tag) => Object.hasOwn(options.words, tag)) ?? Object.keys(options.words)[0];

/** @param {LoaderKey} key @returns {string} */
export const t = (key) => /** @type {any} */ (options)[key] ?? options.words[language()][key];
