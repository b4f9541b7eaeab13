/** The address that answers go to while the visitor is away: whose word it is, whether it works, and putting it right. */

import { html, useElement, useLayoutEffect, useRef, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { moment } from "../../time.js";
import { Linked, Words } from "../../components/words.js";
import { Icon } from "../components/icons.js";
import { byMail } from "../by_mail.js";
import { reachOf } from "../reach.js";
import { AddressForm } from "./address_form.js";
import { Block } from "./block.js";
import { fold } from "./folds.js";

/** @import { Key, Ref, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */
/** @import { Reach } from "../reach.js" */
/** @import { IconName } from "../components/icons.js" */

/** @type {Record<Exclude<Reach, "none">, Key>} */
const WORDS = {
  vouched: "address.vouched",
  agreed: "address.agreed",
  unasked: "address.unasked",
  bounced: "address.bounced",
  stopped: "address.stopped",
};

/** @type {Record<keyof typeof WORDS, IconName>} */
const SIGNS = { vouched: "verified", agreed: "check", unasked: "unsure", bounced: "info", stopped: "info" };

/** By what name the focus goes to it. @param {{ uid: string }} visitor */
export const addressOf = ({ uid }) => `address of ${uid}`;

/** @param {{ workspace: Workspace, item: Visitor }} props */
export function Address({ workspace, item }) {
  const [writing, write] = useState(0); // how often it was asked for, 0 while it is not
  /** @type {Ref<HTMLButtonElement>} */
  const button = useElement();
  const wrote = useRef(0);
  const { email = "" } = item;
  const name = addressOf(item);
  const vouched = email !== "" && email === item.identity?.email; // what it is then the shop's own site says
  const may = byMail && !vouched && !item.linked_to;
  useLayoutEffect(
    () =>
      workspace.focuses(name, () => {
        fold(workspace.me.uid, "address", false);
        write((turn) => (may ? turn + 1 : 0));
      }),
    [workspace, name, may],
  );
  useLayoutEffect(() => {
    if (wrote.current && !writing) button.current?.focus();
    wrote.current = writing;
  }, [writing]);
  if (!email && !may) return null;
  const does = t(email ? "address.change" : "address.add");
  const beside =
    may &&
    !writing &&
    html`<button type="button" ref=${button} class="icon-button" aria-label=${does} title=${does} onClick=${() => workspace.focus(name)}><${Icon} name=${email ? "edit" : "plus"} /></button>`;
  return html`<${Block} workspace=${workspace} name="address" title=${t("address.title")} beside=${beside}>
    ${writing ? html`<${AddressForm} workspace=${workspace} item=${item} turn=${writing} onDone=${() => write(0)} />` : html`<${Standing} workspace=${workspace} item=${item} />`}
  <//>`;
}

/** @param {{ workspace: Workspace, item: Visitor }} props */
function Standing({ workspace, item }) {
  const { email, mail } = item;
  const reach = reachOf(item);
  if (reach === "none") return html`<p class="quiet address-standing">${t("address.none")}</p>`;
  const bare = reach === "vouched" ? "mark.verified.name" : "address.unverified"; // of where mail goes nothing is said
  return html`<p class="address"><bdi><${Linked} text=${email} /></bdi></p>
    <p class="address-standing" data-reach=${reach}><${Icon} name=${SIGNS[reach]} />${t(byMail ? WORDS[reach] : bare)}</p>
    ${byMail && reach === "agreed" && mail?.at && html`<p class="address-standing">${t(mail.by ? "address.by" : "address.own", { name: mail.by ? workspace.colleague(mail.by) : "", time: moment(mail.at) })}</p>`}
    ${byMail && reach === "bounced" && html`<p class="address-standing"><${Words} as="bdi" text=${mail?.bounced} /></p>`}`;
}
