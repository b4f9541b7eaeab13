/** Chats of the same person from before it was known who they are; and of such a chat, whose it is. */

import { html, useEffect, useState } from "../../lib.js";
import { get } from "../../api.js";
import { t } from "../../i18n.js";
import { moment } from "../../time.js";
import { called } from "../called.js";
import { Mark } from "../components/mark.js";
import { Block } from "./block.js";
import { Few } from "./few.js";

/** @import { Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, item: Visitor }} props */
export function LinkedChats({ workspace, item: { linked = [], linked_to: owner } }) {
  const uids = owner ? owner : linked.join(" ");
  const [others, set] = useState(/** @type {Visitor[]} */ ([]));
  useEffect(() => {
    let over = false;
    visitors(uids.split(" ").filter(Boolean)).then((found) => over || set(found));
    return () => (over = true);
  }, [uids]);
  if (!others.length) return null;
  const title = t(owner ? "context.linkedTo" : "context.linked");
  /** @param {string} uid */
  const open = (uid) => {
    workspace.drawer.value = false;
    return workspace.lookup.visit(uid);
  };
  return html`<${Block} workspace=${workspace} name="linked" title=${title}>
    <${Few} class="linked-chats" of=${others.map(
      (one) => html`<li key=${one.uid}>
        <button type="button" onClick=${() => open(one.uid)}>
          <span><bdi>${called(one)}</bdi> <${Mark} item=${one} /></span>
          <small>${moment(one.first_seen ?? one.enter_at)}</small>
        </button>
      </li>`,
    )} />
  <//>`;
}

/** Those of them that there are. @param {string[]} uids */
async function visitors(uids) {
  const asked = uids.map((uid) => get(`/v1/visitors/${encodeURIComponent(uid)}?as=agent`).catch(() => []));
  return (await Promise.all(asked)).flat();
}
