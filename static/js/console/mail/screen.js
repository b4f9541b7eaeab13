/** Setting up mail: how it stands, who sends it, a trial of that, what the domain says, and the lines to put into the
 * configuration. Nothing that is typed here is kept, on the server or in this browser. */

import { html, useEffect, useElement, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { get, post } from "../../api.js";
import { Icon } from "../components/icons.js";
import { Domain } from "./domain.js";
import { Lines } from "./lines.js";
import { emptyFor, Server, typed } from "./server.js";
import { Standing } from "./standing.js";
import { Trial } from "./trial.js";

/** @import { MailFinding, MailSetup, Ref } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export default function Mail({ workspace }) {
  const boss = workspace.isBoss();
  const [setup, learn] = useState(/** @type {MailSetup | null} */ (null));
  const [trouble, fail] = useState("");
  useEffect(() => void (boss && get("/v1/mail?as=agent").then(learn, (error) => fail(reason(error)))), []);
  return html`<header class="screen-head site-head">
      <button type="button" class="icon-button" aria-label=${t("smtp.back")} onClick=${() => workspace.go("settings")}><${Icon} name="back" /></button>
      <h2>${t("rail.mail")}</h2>
    </header>
    <div class="screen-body settings" aria-busy=${boss && !setup && !trouble}>
      ${!boss && html`<p class="quiet">${t("smtp.admins")}</p>`}
      <p class="trouble" role="alert">${trouble}</p>
      ${setup && html`<${SetUp} setup=${setup} own=${workspace.me.email} />`}
    </div>`;
}

/** `own`: the agent's own confirmed address, if there is one. @param {{ setup: MailSetup, own?: string }} props */
function SetUp({ setup, own = "" }) {
  const [server, set] = useState(() => emptyFor(setup));
  const [to, address] = useState(own);
  const [tried, show] = useState(/** @type {MailFinding[] | null} */ (null));
  const [trouble, fail] = useState("");
  const [busy, setBusy] = useState(false);
  /** @type {Ref<HTMLElement>} */
  const outcome = useElement();
  /** @param {object} [what] What was typed; without it, what is in force. */
  const attempt = async (what) => {
    if (busy) return;
    fail("");
    show(null);
    setBusy(true);
    outcome.current?.scrollIntoView({ block: "nearest" });
    try {
      show(await post("/v1/mail/trial?as=agent", { to: to.trim(), typed: what }));
    } catch (error) {
      fail(reason(error));
    } finally {
      setBusy(false);
    }
  };
  const trying = { to, onTo: address, busy };
  return html`<div class="settings-column">
      <${Standing} setup=${setup} ...${trying} onTry=${() => attempt()} />
      <${Server} providers=${setup.providers} server=${server} onChange=${set} ...${trying} onTry=${() => attempt(typed(server))} />
    </div>
    <div class="settings-column" ref=${outcome}>
      <${Trial} findings=${tried} busy=${busy} trouble=${trouble} />
      <${Domain} findings=${tried} />
      <${Lines} setup=${setup} server=${server} />
    </div>`;
}
