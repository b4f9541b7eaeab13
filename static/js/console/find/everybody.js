/** Pages of visitors, newest first; a press opens their conversation. */

import { html, useEffect, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { call } from "../../api.js";
import { Person } from "./person.js";

/** @import { Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const PAGE_SIZE = 30;

/**
 * `label`: only those with this tag; "" is everybody.
 * @param {{ workspace: Workspace, label: string }} props
 */
export function Everybody({ workspace, label }) {
  const [rows, setRows] = useState(/** @type {Visitor[]} */ ([]));
  const [cursor, setCursor] = useState("");
  const [state, setState] = useState("loading"); // or "ready", "failed"
  /** @param {string} from */
  const load = async (from) => {
    setState("loading");
    try {
      const query = new URLSearchParams({ as: "agent", limit: String(PAGE_SIZE), cursor: from, tag: label });
      const page = await call("GET", `/v1/visitors?${query}`);
      setRows((known) => (from ? [...known, ...page.value] : page.value));
      setCursor(page.cursor);
      setState("ready");
    } catch {
      setState("failed");
    }
  };
  useEffect(() => void load(""), []);
  return html`<ul class="everybody" aria-busy=${state === "loading"}>
      ${rows.map((item) => html`<li key=${item.uid}><${Person} workspace=${workspace} item=${item} /></li>`)}
    </ul>
    ${state === "loading" && html`<p class="quiet" role="status">${t("find.loading")}</p>`}
    ${state === "failed" && html`<p class="trouble" role="alert">${t("error.unreachable")}</p>`}
    ${state === "ready" && rows.length === 0 && html`<p class="quiet">${t(label ? "find.none.tag" : "find.none")}</p>`}
    ${(cursor || state === "failed") && state !== "loading" && html`<button type="button" class="button" onClick=${() => load(cursor)}>${t(state === "failed" ? "case.again" : "find.more")}</button>`}`;
}
