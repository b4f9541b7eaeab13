/** A person's initial on a quiet colour of their own. */

import { html } from "../lib.js";

const HUES = 8; // as many as avatar.css has

export function Avatar({ name }) {
  const initial = [...new Intl.Segmenter().segment(name.trim())][0]?.segment ?? "";
  let sum = 0;
  for (const character of name) sum = (sum * 31 + character.codePointAt(0)) % 9973;
  return html`<span class="avatar" data-hue=${sum % HUES} aria-hidden="true">${initial.toUpperCase()}</span>`;
}
