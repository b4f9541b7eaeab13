/** Who was invited chooses a password and is in; who forgot theirs chooses another, or keeps it. */

import { html, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { codeOf } from "../../api.js";
import { Icon } from "../components/icons.js";
import { SHORTEST_PASSWORD } from "../settings/password.js";
import { enter } from "../session.js";
import { Card, Submit, useTrying } from "./card.js";
import { forgetLink } from "./link.js";

/** @import { Me } from "../../types.d.ts" */
/** @import { Meant } from "./cards.js" */

/** @param {{ secret: string, meant: Meant, onDone: (me: Me) => void, onOver: (error: unknown) => void, onClose: () => void }} props */
export function Entering({ secret, meant, onDone, onOver, onClose }) {
  const [password, setPassword] = useState("");
  const [bare, setBare] = useState(false);
  const [cookies, refuse] = useState(false);
  const invited = meant.purpose === "join";
  const [attempt, trouble, busy] = useTrying(
    async (/** @type {string} */ chosen) => {
      const me = await enter(secret, chosen);
      if (!me) return refuse(true);
      forgetLink();
      onDone(me);
    },
    (error) => codeOf(error) === "link_over" && (onOver(error), true),
  );
  return html`<${Card}
    title=${t(invited ? "mailed.join" : "mailed.help", { name: meant.nickname })}
    lead=${t(invited ? "mailed.join.lead" : "mailed.help.lead", { name: meant.nickname })}
    onClose=${onClose}
    onSubmit=${() => attempt(password.length < SHORTEST_PASSWORD ? "settings.password.short" : "", password)}
  >
    <input hidden type="text" autocomplete="username" value=${meant.nickname} readonly />
    <label for="mailed-password">${t("settings.you.password")}</label>
    <div class="login-secret">
      <input id="mailed-password" class="field" type=${bare ? "text" : "password"} value=${password} onInput=${(/** @type {InputEvent & { currentTarget: HTMLInputElement }} */ event) => setPassword(event.currentTarget.value)} autocomplete="new-password" maxlength="1024" spellcheck=${false} aria-describedby="mailed-hint card-trouble" />
      <button type="button" class="icon-button" aria-label=${t(bare ? "login.hide" : "login.show")} aria-pressed=${bare} onClick=${() => setBare(!bare)}><${Icon} name="eye" /></button>
    </div>
    <p id="mailed-hint" class="quiet">${t("settings.password.hint")}</p>
    <p id="card-trouble" class="trouble" role="alert">${cookies ? t("login.cookies") : trouble}</p>
    <${Submit} words="mailed.enter" busy=${busy} />
    ${!invited && html`<button type="button" class="button" onClick=${() => attempt("", "")}>${t("mailed.keep")}</button>`}
  <//>`;
}
