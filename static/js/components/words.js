/** What a person wrote: its links lead somewhere, and a long text is folded until somebody asks for all of it. */

import { html, useMemo, useState } from "../lib.js";
import { t } from "../i18n.js";
import { folded } from "../fold.js";
import { linksOf } from "../links.js";

/** @import { Content } from "../types.d.ts" */
/** @import { Link } from "../links.js" */

/**
 * A text with its links. They stand apart from a text that runs the other way.
 * @param {{ text: string }} props
 */
export function Linked({ text }) {
  const links = useMemo(() => linksOf(text), [text]);
  return linked(text, links);
}

/**
 * The same up to `end`, folded or not. `open` and `onToggle` where somebody else knows whether it is unfolded; `as` is
 * the element that holds the text.
 * @param {{ text: string, as?: string, open?: boolean, onToggle?: (button: HTMLElement) => void }} props
 */
export function Words({ text, as = "p", open, onToggle }) {
  const [own, setOwn] = useState(false);
  const [links, end] = useMemo(() => {
    const found = linksOf(text);
    return [found, folded(text, found)];
  }, [text]);
  const whole = open ?? own;
  const isLong = end < text.length;
  const shown = whole || !isLong ? linked(text, links) : [linked(text, links, end), "…"];
  return html`<${as} dir="auto">${shown}<//>${
    isLong &&
    html`<button type="button" class="bubble-more" aria-expanded=${whole} onClick=${(event) => (onToggle ? onToggle(event.currentTarget) : setOwn(!own))}>${t(whole ? "thread.fold" : "thread.unfold")}</button>`
  }`;
}

/**
 * `end`: how much of the text is shown; `mark`: a part that is marked, also across the edges of links.
 * @param {string} text
 * @param {Link[]} links
 * @param {number} [end]
 * @param {[start: number, end: number]} [mark]
 * @returns {Content[]}
 */
export function linked(text, links, end = text.length, mark = [0, 0]) {
  /** @type {Content[]} */
  const out = [];
  let at = 0;
  for (const link of links) {
    if (link.end > end) break;
    const elsewhere = /^https?:/i.test(link.href) ? "_blank" : undefined; // a telephone call needs no page
    out.push(
      ...marked(text, at, link.start, mark),
      html`<a href=${link.href} target=${elsewhere} rel="noopener noreferrer" dir="ltr">${marked(text, link.start, link.end, mark)}</a>`,
    );
    at = link.end;
  }
  return [...out, ...marked(text, at, end, mark)];
}

/**
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @param {[start: number, end: number]} mark
 * @returns {Content[]}
 */
function marked(text, start, end, [from, to]) {
  const [first, last] = [from, to].map((edge) => Math.min(Math.max(edge, start), end));
  if (first >= last) return start < end ? [text.slice(start, end)] : [];
  return [text.slice(start, first), html`<mark>${text.slice(first, last)}</mark>`, text.slice(last, end)];
}
