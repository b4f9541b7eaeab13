/** A page of the shop's site: its title, or its address, which leads there if it is one of the web. */

import { html } from "../../lib.js";

/** @param {{ page: string, title?: string }} props */
export function PageLink({ page, title }) {
  const words = title || bare(page);
  const address = title && html`<small>${bare(page)}</small>`;
  if (!/^https?:\/\//i.test(page)) return html`<span class="page-link">${words}${address}</span>`;
  return html`<a class="page-link" href=${page} target="_blank" rel="noopener noreferrer"><bdi>${words}</bdi>${address}</a>`;
}

/** An address as people read it. @param {string} page */
const bare = (page) => page.replace(/^https?:\/\//i, "").replace(/\/$/, "");
