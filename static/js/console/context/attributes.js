/** What the shop says of a visitor: by its server, which vouches for it, or by its page, where anybody may write. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { Words } from "../../components/words.js";
import { Block } from "./block.js";
import { Facts } from "./facts.js";

/** @import { Attributes as Told, Visitor } from "../../types.d.ts" */
/** @import { Fact } from "./facts.js" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, item: Visitor }} props */
export function Attributes({ workspace, item }) {
  const vouched = factsOf(item.identity?.attributes);
  const said = factsOf(item.fields?.attributes);
  return html`${vouched.length > 0 && html`<${Block} workspace=${workspace} name="attributes" sign="verified" title=${t("context.attributes")}><${Facts} facts=${vouched} /><//>`}
    ${said.length > 0 && html`<${Block} workspace=${workspace} name="said" sign="unsure" title=${t("context.said")}><${Facts} facts=${said} /><//>`}`;
}

/**
 * @param {Told} [attributes]
 * @returns {Fact[]}
 */
const factsOf = (attributes = {}) =>
  Object.entries(attributes).map(([name, value]) => [name, html`<${Words} as="span" text=${worded(value)} />`]);

/** @param {string | number | boolean} value */
function worded(value) {
  if (typeof value === "boolean") return t(value ? "context.yes" : "context.no");
  return String(value);
}
