/** A chart of rows: a name, a bar as long as its number, and the number. It reads as a list without being seen. */

import { html } from "../../lib.js";
import { number } from "./names.js";

/**
 * `rows`: `[{key, name, value, note?, strong?}]`.
 * @param {{ rows: { key: string | number, name: string, value: number, note?: string, strong?: boolean }[] }} props
 */
export function Rows({ rows }) {
  const top = Math.max(1, ...rows.map((row) => row.value));
  return html`<ul class="rows">
    ${rows.map(
      ({ key, name, value, note, strong }) => html`<li key=${key} data-strong=${strong ? "" : undefined}>
        <span class="rows-name"><bdi>${name}</bdi></span>
        <svg height="14" aria-hidden="true"><rect width="${(100 * value) / top}%" height="14" rx="3" /></svg>
        <span class="rows-value">${number(value)}${note && html` <small>${note}</small>`}</span>
      </li>`,
    )}
  </ul>`;
}
