/** A visitor on one line: the end of a long name may be cut, but never what tells them from others. */

import { html } from "../../lib.js";
import { nameOf } from "../../names.js";
import { Mark } from "./mark.js";

/** @import { Visitor } from "../../types.d.ts" */

/** @param {{ item: Visitor }} props */
export function Called({ item }) {
  const name = nameOf(item);
  return html`<span class="called"><bdi><span>${name}</span><span>${item.called.slice(name.length)}</span></bdi><${Mark} item=${item} /></span>`;
}
