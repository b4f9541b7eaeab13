/** One chart: its title, what it says in a sentence, the picture, and the table behind it. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { addressed } from "../../api.js";

/** @import { Content } from "../../types.d.ts" */

/**
 * `table`: `{head: [], rows: [[]]}`, the first cell of a row its heading; `csv` the address of the same for programs, if there is one.
 * @param {{ name: string, title: string, gist: string, table: { head: string[], rows: string[][] }, csv?: string, children: Content }} props
 */
export function Panel({ name, title, gist, table, csv, children }) {
  const id = `report-${name}`;
  return html`<section class="panel" data-panel=${name} aria-labelledby=${id}>
    <h3 id=${id}>${title}</h3>
    <p class="panel-gist">${gist}</p>
    ${children}
    <details>
      <summary>${t("reports.table")}<span class="said">: ${title}</span></summary>
      <div class="panel-table" tabindex="0" role="group" aria-labelledby=${id}>
        <table>
          <thead><tr>${table.head.map((cell) => html`<th key=${cell} scope="col">${cell}</th>`)}</tr></thead>
          <tbody>
            ${table.rows.map(([first, ...rest]) => html`<tr key=${first}><th scope="row"><bdi>${first}</bdi></th>${rest.map((cell, at) => html`<td key=${at}>${cell}</td>`)}</tr>`)}
          </tbody>
        </table>
      </div>
      ${csv && html`<a class="button" href=${addressed(csv)} download>${t("reports.csv")}<span class="said">: ${title}</span></a>`}
    </details>
  </section>`;
}
