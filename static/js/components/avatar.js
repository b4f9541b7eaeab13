/** A person's initial on a quiet colour of their own. */

import { html } from "../lib.js";

const HUE_COUNT = 8; // as many as avatar.css has
const letters = Intl.Segmenter ? new Intl.Segmenter() : null; // Firefox has it since 125

/**
 * The first letter of a name as people see letters: an emoji of several code points is one.
 * @param {string} name
 */
export function initial(name) {
  const first = letters ? letters.segment(name.trim())[Symbol.iterator]().next().value?.segment : [...name.trim()][0];
  return (first ?? "").toUpperCase();
}

/** @param {{ name: string }} props */
export function Avatar({ name }) {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return html`<span class="avatar" data-hue=${sum % HUE_COUNT} aria-hidden="true">${initial(name)}</span>`;
}
