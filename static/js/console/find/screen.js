/** Everybody who ever wrote, here or not: newest first, all or those with a tag. */

import { html, useEffect, useRef, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { get } from "../../api.js";
import { Everybody } from "./everybody.js";

export default function Find({ desk }) {
  const [labels, setLabels] = useState([]);
  const [label, choose] = useState("");
  const first = useRef(null);
  useEffect(() => {
    get("/v1/tags?as=agent").then(setLabels, () => setLabels(desk.labels.peek())); // out of reach: what this page has seen
  }, [desk]);
  useEffect(() => desk.focuses("screen", () => first.current?.focus()), [desk]);
  return html`<header class="screen-head"><h2>${t("rail.find")}</h2></header>
    <div class="screen-body find">
      <label class="find-tag"><span>${t("views.tag")}</span>
        <select ref=${first} class="field" value=${label} onChange=${(event) => choose(event.currentTarget.value)}>
          <option value="">${t("find.all")}</option>
          ${labels.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}
        </select>
      </label>
      <${Everybody} key=${label} desk=${desk} label=${label} />
    </div>`;
}
