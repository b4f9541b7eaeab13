/** Finding: what was said, word by word as it is typed; with nothing typed, everybody who ever wrote. */

import { html, useEffect, useElement, useLayoutEffect, useRef, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { Everybody } from "./everybody.js";
import { Results } from "./results.js";

/** @import { FieldEvent, Ref } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const TYPING_PAUSE_MS = 200; // between keys; who types on is not asked for yet

/** @param {{ workspace: Workspace }} props */
export default function Find({ workspace }) {
  const { sought } = workspace.lookup;
  const [labels, setLabels] = useState(/** @type {string[]} */ ([]));
  const [label, choose] = useState("");
  const [query, ask] = useState(sought.peek());
  /** @type {Ref<HTMLInputElement>} */
  const field = useElement();
  const timer = useRef(0);
  useEffect(() => {
    workspace.tagsInUse().then(setLabels);
    return () => clearTimeout(timer.current);
  }, [workspace]);
  useLayoutEffect(
    () => workspace.focuses("screen", () => (field.current?.focus(), field.current?.select())),
    [workspace],
  );
  const settle = () => {
    clearTimeout(timer.current);
    ask(sought.peek());
  };
  /** @param {FieldEvent} event */
  const write = (event) => {
    sought.value = event.currentTarget.value;
    clearTimeout(timer.current);
    timer.current = setTimeout(settle, TYPING_PAUSE_MS);
  };
  return html`<header class="screen-head"><h2>${t("rail.find")}</h2></header>
    <div class="screen-body find">
      <form role="search" class="find-form" onSubmit=${(event) => (event.preventDefault(), settle())}>
        <input ref=${field} type="search" class="field" dir="auto" maxlength="200" aria-label=${t("find.field")} placeholder=${t("find.field")} value=${sought.value} onInput=${write} />
      </form>
      ${
        query.trim()
          ? html`<${Results} key=${query} workspace=${workspace} query=${query.trim()} />`
          : html`${labels.length > 0 && html`<${Tag} labels=${labels} label=${label} choose=${choose} />`}<${Everybody} key=${label} workspace=${workspace} label=${label} />`
      }
    </div>`;
}

/** @param {{ labels: string[], label: string, choose: (label: string) => void }} props */
function Tag({ labels, label, choose }) {
  return html`<label class="find-tag"><span>${t("views.tag")}</span>
    <select class="field" value=${label} onChange=${(event) => choose(event.currentTarget.value)}>
      <option value="">${t("find.all")}</option>
      ${labels.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}
    </select>
  </label>`;
}
