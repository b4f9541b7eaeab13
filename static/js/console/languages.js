/** The languages that there are: those of customers, and those of the console itself. */

const { languages: names = "{}", spoken: codes = "[]" } = document.documentElement.dataset;

/** What each calls itself, by its code. @type {Record<string, string>} */
export const languages = JSON.parse(names);

/** Those in which the console speaks as well, by their codes. @type {string[]} */
export const spoken = JSON.parse(codes);
