/** A page of the shop's site: its title, or its address, which leads there if it is one of the web. */

import { html } from "../../lib.js";

/**
 * `whole`: with a title as well as the address.
 * @param {{ page: string, title?: string, whole?: boolean }} props
 */
export function PageLink({ page, title, whole = false }) {
  const words = html`<bdi>${title || bare(page)}</bdi>${whole && title && html`<small dir="ltr">${bare(page)}</small>`}`;
  if (!/^https?:\/\//i.test(page)) return html`<span class="page-link" title=${page}>${words}</span>`;
  return html`<a class="page-link" title=${page} href=${page} target="_blank" rel="noopener noreferrer">${words}</a>`;
}

/** An address as people read it. @param {string} page */
export const bare = (page) => page.replace(/^https?:\/\//i, "").replace(/\/$/, "");
