/** A face: the picture of a shop or an agent, and of whoever has none an initial on a quiet colour of their own. */

import { html, useState } from "../lib.js";
import { shop } from "../shop.js";

/** @import { Content } from "../types.d.ts" */

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

/**
 * The id of somebody's face, if they have one; follows changes when read inside a component.
 * @param {string} [uid] That of nobody, "shop", is for the shop itself.
 */
export const faceOf = (uid) => (uid === "shop" ? shop.value.logo : shop.value.faces?.[uid ?? ""]);

/**
 * The picture of that id; where there is none, or it cannot be had, what stands in its place.
 * @param {{ id?: string, class: string, children?: Content }} props
 */
export function Face({ id, class: name, children = null }) {
  const [lost, lose] = useState("");
  if (!id || id === lost) return children;
  return html`<img class=${`face ${name}`} src=${`/v1/faces/${id}`} alt="" draggable=${false} onError=${() => lose(id)} />`;
}

/**
 * `face`: the id of one, if there is one.
 * @param {{ name: string, face?: string }} props
 */
export function Avatar({ name, face }) {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  const sign = html`<span class="avatar" data-hue=${sum % HUE_COUNT} aria-hidden="true">${initial(name)}</span>`;
  return face ? html`<${Face} id=${face} class="avatar">${sign}<//>` : sign;
}
