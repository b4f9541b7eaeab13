/** What is known, line by line; what is not known is not mentioned. */

import { html } from "../../lib.js";

/** @import { Content } from "../../types.d.ts" */

/** @typedef {[name: string, value: Content | undefined]} Fact */

/** Those of which something is known. @param {Fact[]} facts */
export const knownOf = (facts) => facts.filter(([, value]) => value);

/** @param {{ facts: Fact[] }} props */
export function Facts({ facts }) {
  return html`<dl class="facts">
    ${facts.map(([name, value]) => html`<div key=${name}><dt><bdi>${name}</bdi></dt><dd><bdi>${value}</bdi></dd></div>`)}
  </dl>`;
}
