/** The first of many; the others when somebody asks for them. */

import { html, useState } from "../../lib.js";
import { plural } from "../../i18n.js";

/** @import { Markup } from "../../types.d.ts" */

const SHOWN_COUNT = 5;

/** `of`: what is in the list, ready made. @param {{ class: string, of: Markup[] }} props */
export function Few({ class: name, of: all }) {
  const [whole, setWhole] = useState(false);
  const left = whole ? 0 : Math.max(0, all.length - SHOWN_COUNT);
  return html`<ul class=${`few ${name}`}>${left ? all.slice(0, SHOWN_COUNT) : all}</ul>
    ${left > 0 && html`<button type="button" class="few-more" onClick=${() => setWhole(true)}>${plural("context.more", left)}</button>`}`;
}
