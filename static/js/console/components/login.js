/** The agents' log-in. In the demo a press is enough. */

import { html, useEffect, useElement, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { login } from "../session.js";
import { byMail } from "../by_mail.js";
import { Icon } from "./icons.js";

/** @import { Me, Ref } from "../../types.d.ts" */

/** `vacant`: there is nobody yet who could log in. @param {{ demo: boolean, vacant: boolean, ended?: boolean, onDone: (me: Me) => void, onForgot: () => void }} props */
export function Login({ demo, vacant, ended, onDone, onForgot }) {
  const [trouble, setTrouble] = useState(ended ? t("login.ended") : "");
  const [busy, setBusy] = useState(false);
  const [bare, setBare] = useState(false);
  /** @type {Ref<HTMLInputElement>} */
  const name = useElement();
  /** @type {Ref<HTMLInputElement>} */
  const password = useElement();
  useEffect(() => name.current.focus(), []);

  /** @param {{ nickname: string, password?: string }} credentials */
  const attempt = async (credentials) => {
    if (busy) return;
    setBusy(true);
    setTrouble("");
    let me;
    try {
      me = await login(credentials);
    } catch (error) {
      setTrouble(reason(error, t("login.unreachable")));
      setBusy(false);
      password.current.select();
      password.current.focus();
      return;
    }
    if (me) return onDone(me);
    setTrouble(t("login.cookies"));
    setBusy(false);
  };
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    const [who, secret] = [name.current.value.trim(), password.current.value];
    if (!who || !secret) {
      setTrouble(t("login.missing"));
      return (who ? password : name).current.focus();
    }
    return attempt({ nickname: who, password: secret });
  };

  return html`<main class="login">
    <form class="card" onSubmit=${submit} novalidate aria-busy=${busy}>
      <span class="login-mark" aria-hidden="true"><i></i><i></i></span>
      <h1>${t("login.title")}</h1>
      <p class="quiet">${t("login.lead")}</p>
      <label for="login-name">${t("login.name")}</label>
      <input id="login-name" class="field" ref=${name} autocomplete="username" autocapitalize="none" spellcheck=${false} maxlength="64" required aria-describedby="login-trouble" />
      <label for="login-password">${t("login.password")}</label>
      <div class="login-secret">
        <input id="login-password" class="field" ref=${password} type=${bare ? "text" : "password"} autocomplete="current-password" maxlength="1024" required aria-describedby="login-trouble" />
        <button type="button" class="icon-button" aria-label=${t(bare ? "login.hide" : "login.show")} aria-pressed=${bare} onClick=${() => setBare(!bare)}><${Icon} name="eye" /></button>
      </div>
      <p id="login-trouble" class="trouble" role="alert">${trouble}</p>
      <button class="button button-main" aria-disabled=${busy}>${t(busy ? "login.busy" : "login.submit")}</button>
      ${
        demo
          ? html`<div class="login-demo">
            <button type="button" class="button" onClick=${() => attempt({ nickname: "admin" })}>${t("login.demo")}</button>
            <p class="quiet">${t("login.demo.note")}</p>
          </div>`
          : vacant
            ? html`<p class="quiet login-help">${t("login.vacant")}<code dir="ltr">chatadmin agent add NAME --role admin</code></p>`
            : html`${byMail && html`<button type="button" class="button login-away" onClick=${onForgot}>${t("forgot.title")}</button>`}
              <p class="quiet login-help">${t("login.help")}</p>`
      }
    </form>
  </main>`;
}
