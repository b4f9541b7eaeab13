/** What a visitor says of themselves: shown as theirs to say, for nobody vouches for it. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { moment } from "../../time.js";
import { Words } from "../../components/words.js";
import { Block } from "./block.js";
import { Facts, knownOf } from "./facts.js";

/** @import { Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** What stands in the fields of the shop's form. @param {{ workspace: Workspace, item: Visitor }} props */
export function Entered({ workspace, item }) {
  const { choice, consent } = item.fields ?? {};
  const facts = knownOf([
    [t("entered.choice"), choice],
    [t("entered.consent"), consent && html`${moment(consent.at)}<small><${Words} text=${consent.text} /></small>`],
  ]);
  if (!facts.length) return null;
  return html`<${Block} workspace=${workspace} name="entered" sign="unsure" title=${t("entered.title")}><${Facts} facts=${facts} /><//>`;
}
