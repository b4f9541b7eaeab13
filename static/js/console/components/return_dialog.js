/**
 * A visitor who lost their cookie: a link that lets them back in once, or their name free for whoever takes it next. Who a
 * customer is the shop's site says, and no agent.
 */

import { html, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { post } from "../../api.js";
import { CopyLine } from "../../components/copy_line.js";
import { Dialog } from "./dialog.js";

/** @import { Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, item: Visitor, onClose: () => void }} props */
export function ReturnDialog({ workspace, item, onClose }) {
  const [link, setLink] = useState("");
  const [said, say] = useState("");
  /** @param {"link" | "free_name"} what */
  const ask = async (what) => {
    try {
      return await post(`/v1/visitors/${item.uid}/${what}?as=agent`);
    } catch (error) {
      say(reason(error));
      return undefined;
    }
  };
  const make = async () => {
    const made = await ask("link");
    if (made) setLink(`${location.origin}/#link=${made.secret}`);
  };
  const free = async () => {
    if ((await ask("free_name")) === undefined) return;
    onClose();
    workspace.notices.say(t("return.freed", { name: item.called }));
  };
  const title = t("return.title", { name: item.called });
  if (item.verified)
    return html`<${Dialog} name="return" title=${title} onClose=${onClose}>
      <p class="dialog-note">${t("return.verified")}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("sheet.close")}</button>
      </div>
    <//>`;
  return html`<${Dialog} name="return" title=${title} onClose=${onClose}>
    <p class="dialog-note">${t("return.lead")}</p>
    ${
      link
        ? html`<${CopyLine} text=${link} label=${t("return.link")} does=${t("return.copy")} />`
        : html`<button type="button" class="button button-main" onClick=${make}>${t("return.make")}</button>`
    }
    <p class="dialog-note">${t("return.free.lead", { name: item.called })}</p>
    <div class="dialog-actions">
      <button type="button" class="button" onClick=${onClose}>${t("sheet.close")}</button>
      <button type="button" class="button" onClick=${free}>${t("return.free")}</button>
    </div>
    <p class="setting-note" role="status">${said}</p>
  <//>`;
}
