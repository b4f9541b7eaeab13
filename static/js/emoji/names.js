/** Emoji and what they are called, in each language that the product speaks (tools/emoji.mjs makes the lists). */

import lists from "../../vendor/emoji/lists.mjs";
import { language } from "../i18n.js";

/** `short` is its first short name, "" where it has none. @typedef {{ emoji: string, name: string, short: string }} Emoji */
/** All that an emoji is called in a language; but for `label`, in lower case. @typedef {{ label: string, name: string, short: string[], words: string[] }} Names */

const LATIN = /\p{scx=Latn}/gu;
const BEYOND_ASCII = /[^\0-\x7f]/;
const ENGLISH = "en"; // short names are English, wherever one is
/** @type {Map<string, Promise<Names[]>>} */
const read = new Map(); // by the tags of languages

/** The emoji by groups, with their names in the reader's language. @returns {Promise<Emoji[][]>} */
export async function groups() {
  const [{ default: signs }, own, english] = await Promise.all([
    import("../../vendor/emoji/signs.mjs"),
    names(language),
    names(ENGLISH),
  ]);
  let n = 0;
  /** @param {string} emoji */
  const described = (emoji) => ({ emoji, name: own[n].label, short: english[n++].short[0] ?? "" });
  return signs.map((/** @type {string} */ group) => group.split(" ").map(described));
}

/**
 * Those that are called so, best first: in the reader's language, in English, or where other letters than those of
 * English are asked for in any that has them.
 * @param {string} query
 * @param {number} most
 */
export async function named(query, most) {
  const sought = query
    .toLowerCase()
    .split(/[\s_]+/)
    .filter(Boolean);
  const foreign = query.replace(LATIN, "");
  const written = Object.keys(lists).filter((tag) => lists[tag].letters.test(foreign));
  const spoken = [...new Set([language, ENGLISH, ...written])];
  const [all, ...known] = await Promise.all([groups(), ...spoken.map(names)]);
  return all
    .flat()
    .map((emoji, n) => ({ emoji, rank: Math.min(...known.map((by) => rank(by[n], sought))) }))
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ emoji }) => emoji);
}

/**
 * How well an emoji fits: 0 by a whole name, 1 by a word of it, 2 by what else it is known by, 3 and 4 by the beginnings
 * of such words, or by any part of them where words are not set apart; Infinity where one of those sought fits nothing.
 * @param {Names} called
 * @param {string[]} sought
 */
function rank({ name, short, words }, sought) {
  if (short.includes(sought.join("_")) || name === sought.join(" ")) return 0;
  const own = [...name.split(/[\s:,]+/), ...short.flatMap((one) => one.split("_"))];
  return Math.max(
    ...sought.map((word) => {
      /** @param {string} one */
      const begins = (one) => (BEYOND_ASCII.test(word) ? one.includes(word) : one.startsWith(word));
      const fits = [own.includes(word), words.includes(word), own.some(begins), words.some(begins)];
      return fits.includes(true) ? fits.indexOf(true) + 1 : Infinity;
    }),
  );
}

/** @param {string} tag @returns {Promise<Names[]>} */
function names(tag) {
  const found = read.get(tag) ?? lists[tag].load().then((list) => list.default.map(parted));
  read.set(tag, found);
  return found;
}

/** @param {string} line @returns {Names} */
function parted(line) {
  const [label] = line.split("|");
  const [name, short, ...words] = line.toLowerCase().split("|");
  return { label, name, short: short.split(" ").filter(Boolean), words };
}
