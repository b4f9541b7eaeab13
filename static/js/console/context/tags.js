/** The tags of a conversation: each can be taken off, others put on; what is in use elsewhere is suggested. */

import { html, useEffect, useElement, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { Icon } from "../components/icons.js";
import { Block } from "./block.js";

/** @import { Ref, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const LONGEST_TAG = 30; // characters, as the server takes them

/** @param {{ workspace: Workspace, item: Visitor }} props */
export function Tags({ workspace, item }) {
  const [known, know] = useState(/** @type {string[]} */ ([]));
  /** @type {Ref<HTMLInputElement>} */
  const field = useElement();
  const tags = item.tags ?? [];
  const why = workspace.lost.value ? t("why.lost") : undefined;
  const suggest = () => workspace.tagsInUse().then(know);
  useEffect(() => know(workspace.listing.labels.peek()), [workspace]);
  /** @param {Event} event */
  const add = async (event) => {
    event.preventDefault();
    const label = field.current.value.trim();
    if (label && (await workspace.actions.tag(item, label, true))) field.current.value = "";
    field.current?.focus();
  };
  /** @param {string} label */
  const remove = async (label) => {
    await workspace.actions.tag(item, label, false);
    field.current?.focus();
  };
  return html`<${Block} workspace=${workspace} name="tags" title=${t("tags.title")}>
    ${
      tags.length > 0 &&
      html`<ul class="tags-list">
      ${tags.map(
        (label) => html`<li key=${label} class="tag">
          <bdi>${label}</bdi>
          <button type="button" class="tag-off" aria-label=${t("tags.remove", { tag: label })} aria-disabled=${Boolean(why)} title=${why} onClick=${() => remove(label)}><${Icon} name="close" /></button>
        </li>`,
      )}
    </ul>`
    }
    <form class="tags-add" onSubmit=${add}>
      <input ref=${field} class="field" list="tags-known" maxlength=${LONGEST_TAG} dir="auto" aria-label=${t("tags.add")} placeholder=${t("tags.add")} onFocus=${suggest} />
      <datalist id="tags-known">${known.filter((label) => !tags.includes(label)).map((label) => html`<option key=${label} value=${label}></option>`)}</datalist>
      <button class="icon-button" aria-label=${t("tags.put")} title=${t("tags.put")}><${Icon} name="plus" /></button>
    </form>
  <//>`;
}
