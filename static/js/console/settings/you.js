/** One's own: the picture, the password, and the language and theme of this browser. */

import { html, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { languages, spoken } from "../languages.js";
import { call, post } from "../../api.js";
import { app } from "../../shop.js";
import { theme } from "../../theme.js";
import { byMail } from "../by_mail.js";
import { OwnAddress } from "./address.js";
import { Field, Section, useSaving } from "./controls.js";
import { Own } from "./face.js";
import { Password, SHORTEST_PASSWORD } from "./password.js";

/** @import { Key, Me, Theme } from "../../types.d.ts" */

const { dataset } = document.documentElement;
/** @type {{ name: Theme, words: Key }[]} */
const THEMES = [
  { name: "system", words: "settings.you.theme.system" },
  { name: "light", words: "settings.theme.light" },
  { name: "dark", words: "settings.theme.dark" },
];

/** @param {{ me: Me }} props */
export function You({ me }) {
  return html`<${Section} name="you" title=${t("settings.you")} lead=${t("settings.you.lead")}>
    <${Own} me=${me} />
    <${Look} />
    ${app.dataset.demo === "true" ? html`<p class="settings-hint">${t("settings.you.demo")}</p>` : html`${byMail && html`<${OwnAddress} me=${me} />`}<${NewPassword} />`}
  <//>`;
}

function Look() {
  const [trouble, say] = useState("");
  const language = dataset.chosenLanguage ?? "";
  /** @param {{ language?: string, theme?: Theme }} chosen */
  const keep = async (chosen) => {
    say("");
    try {
      await call("PUT", "/v1/me/look?as=agent", { language, theme: theme.peek(), ...chosen });
      return true;
    } catch (error) {
      say(reason(error));
      return false;
    }
  };
  /** @param {string} to The page comes anew in it; what is being written is kept. */
  const speak = async (to) => (await keep({ language: to })) && location.reload();
  /** @param {Theme} to */
  const wear = async (to) => {
    const before = theme.peek();
    theme.value = to;
    if (!(await keep({ theme: to }))) theme.value = before;
  };
  return html`<${Field}
      label=${t("settings.you.language")}
      control=${(
        tied,
      ) => html`<select class="field" ...${tied} value=${language} onChange=${(event) => speak(event.currentTarget.value)}>
        <option value="">${t("settings.you.language.browser")}</option>
        ${spoken.map((code) => html`<option key=${code} value=${code} lang=${code}>${languages[code]}</option>`)}
      </select>`}
    />
    <fieldset class="settings-choice settings-themes">
      <legend>${t("settings.you.theme")}</legend>
      ${THEMES.map(
        ({ name, words }) => html`<label key=${name}>
          <input type="radio" name="theme" value=${name} checked=${theme.value === name} onChange=${() => wear(name)} />
          <span>${t(words)}</span>
        </label>`,
      )}
    </fieldset>
    <p class="trouble" role="alert">${trouble}</p>`;
}

function NewPassword() {
  const [present, setPresent] = useState("");
  const [password, setPassword] = useState("");
  const [done, tell] = useState("");
  const [save, trouble, busy] = useSaving(async () => {
    await post("/v1/me/password?as=agent", { present, password });
    setPresent("");
    setPassword("");
    tell(t("settings.you.changed"));
  });
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    tell("");
    save(!present ? "wrong_password" : password.length < SHORTEST_PASSWORD ? "weak_password" : "");
  };
  return html`<form onSubmit=${submit} novalidate>
    <${Field}
      label=${t("settings.you.present")}
      trouble=${trouble("wrong_password")}
      control=${(tied) => html`<input class="field" ...${tied} type="password" value=${present} onInput=${(event) => setPresent(event.currentTarget.value)} autocomplete="current-password" maxlength="1024" />`}
    />
    <${Password} label=${t("settings.you.password")} value=${password} onChange=${setPassword} trouble=${trouble("weak_password")} />
    <div class="settings-foot">
      <button class="button button-main" aria-disabled=${busy}>${t(busy ? "settings.saving" : "settings.you.change")}</button>
      <span class="settings-state" role="status">${done}</span>
    </div>
    <p class="trouble" role="alert">${trouble()}</p>
  </form>`;
}
