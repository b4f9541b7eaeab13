/** The code that signs who a customer is, in the language of the shop's server: the files of docs/identity. */

import { html, useEffect, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { get } from "../../api.js";
import { CopyLine } from "../../components/copy_line.js";
import { Section, Segments } from "../settings/controls.js";

/** @import { IdentityKey } from "../../types.d.ts" */

/** By how the names of their files end; first what most shops are made with. */
const LANGUAGES = { php: "PHP", mjs: "Node.js", py: "Python", rb: "Ruby", go: "Go" };
const NO_KEY = "your-key-id"; // what the files have in a key's place

/** @param {{ keys: IdentityKey[] }} props */
export function Code({ keys }) {
  const [files, set] = useState(/** @type {Record<string, string>} */ ({}));
  const [trouble, fail] = useState("");
  const [ending, choose] = useState("php");
  useEffect(() => void get("/v1/widget/token_code?as=agent").then(set, (error) => fail(reason(error))), []);
  const [newest] = [...keys].sort((one, other) => Date.parse(other.since) - Date.parse(one.since));
  const text = files[ending];
  return html`<${Section} name="identity-code" title=${t("identity.code")} lead=${t("identity.code.lead")}>
    <div class="identity-code" aria-busy=${!text && !trouble}>
      <${Segments} label=${t("identity.code.language")} chosen=${ending} all=${Object.entries(LANGUAGES)} onChoose=${choose} />
      ${text && html`<${CopyLine} text=${newest ? text.replace(NO_KEY, newest.kid) : text} label=${`chat_token.${ending}`} does=${t("identity.code.copy")} calm />`}
      <p class="settings-hint">${newest ? t("identity.code.key", { kid: newest.kid }) : t("identity.code.none")}</p>
      <p class="trouble" role="alert">${trouble}</p>
    </div>
  <//>`;
}
