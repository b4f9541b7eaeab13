/** Who is called by the words of a search, above what was said; more of them when asked for. */

import { html, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { call } from "../../api.js";
import { Person } from "./person.js";

/** @import { FoundPeople } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/**
 * `first`: those that the first page of messages had beside it.
 * @param {{ workspace: Workspace, query: string, first: FoundPeople }} props
 */
export function People({ workspace, query, first }) {
  const [further, setFurther] = useState(/** @type {FoundPeople | undefined} */ (undefined));
  const [trouble, setTrouble] = useState("");
  const { more, cursor } = further ?? first;
  const load = async () => {
    setTrouble("");
    try {
      const page = await call("GET", `/v1/search/people?${new URLSearchParams({ as: "agent", q: query, cursor })}`);
      setFurther((before) => ({ ...page, value: [...(before?.value ?? []), ...page.value] }));
    } catch (error) {
      setTrouble(reason(error));
    }
  };
  // who has come meanwhile moves the others down, some of whom are among the further ones already
  const rows = new Map([...first.value, ...(further?.value ?? [])].map((item) => [item.uid, item]));
  if (!rows.size) return null;
  return html`<section aria-labelledby="found-people">
    <h3 id="found-people" class="find-group">${t("find.people")}</h3>
    <ul class="everybody">
      ${[...rows.values()].map((item) => html`<li key=${item.uid}><${Person} workspace=${workspace} item=${item} marks=${item.match} /></li>`)}
    </ul>
    ${trouble && html`<p class="trouble" role="alert">${trouble}</p>`}
    ${more && html`<button type="button" class="button" onClick=${load}>${t("find.more")}</button>`}
  </section>`;
}
