/** A visitor on one line: the end of a long name may be cut, but never what tells them from others. */

import { html } from "../../lib.js";

/** @import { Visitor } from "../../types.d.ts" */

/** @param {{ item: Visitor }} props */
export const Called = ({ item: { name, called } }) =>
  html`<bdi class="called"><span>${name}</span><span>${called.slice(name.length)}</span></bdi>`;
