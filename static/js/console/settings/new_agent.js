/** Somebody joins the team: by an invitation that is mailed to them, or by a password that they are sent. */

import { html, useElement, useLayoutEffect, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { post } from "../../api.js";
import { byMail } from "../by_mail.js";
import { ROLE_WORDS } from "../components/rail.js";
import { Email, mayBeAddress } from "./address.js";
import { Field, useSaving } from "./controls.js";
import { Password, SHORTEST_PASSWORD } from "./password.js";

/** @import { Agent, Key, Ref } from "../../types.d.ts" */

/** What is told once somebody has a password. @typedef {(agent: Agent, password: string, words: Key) => void} Done */

/** @type {Record<Agent["role"], { name: Key, may: Key, done: Key }>} */
export const ROLES = {
  agent: { name: ROLE_WORDS.agent, may: "settings.team.agent.may", done: "settings.team.agentDone" },
  admin: { name: ROLE_WORDS.admin, may: "settings.team.admin.may", done: "settings.team.adminDone" },
};

/** How somebody comes into the team. @type {Record<string, { name: Key }>} */
const HOW = { mail: { name: "settings.team.how.mail" }, password: { name: "settings.team.how.password" } };

/** `onInvited`: of somebody who chooses a password by a mailed link. @param {{ onDone: Done, onInvited: (agent: Agent) => void, onClose: () => void }} props */
export function NewAgent({ onDone, onInvited, onClose }) {
  const [name, setName] = useState("");
  const [invites, invite] = useState(byMail);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState("agent");
  const [save, trouble, busy] = useSaving(async () => {
    const how = invites ? { email: email.trim() } : { password };
    const agent = await post("/v1/agents?as=agent", { nickname: name.trim(), role, ...how });
    if (invites) onInvited(agent);
    else onDone(agent, password, "settings.team.added");
  });
  /** @type {Ref<HTMLFormElement>} */
  const form = useElement();
  useLayoutEffect(() => form.current.querySelector("input")?.focus(), []);
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    if ([...name.trim()].length < 2) save("bad_nickname");
    else if (invites) save(mayBeAddress(email) ? "" : "bad_form");
    else save(password.length < SHORTEST_PASSWORD ? "weak_password" : "");
  };
  return html`<form ref=${form} class="settings-editor" onSubmit=${submit} novalidate>
    <${Field}
      label=${t("login.name")}
      hint=${t("settings.team.name.hint")}
      trouble=${trouble("bad_nickname", "nickname_taken")}
      control=${(tied) => html`<input class="field" ...${tied} value=${name} onInput=${(event) => setName(event.currentTarget.value)} dir="auto" maxlength="20" autocomplete="off" spellcheck=${false} />`}
    />
    ${byMail && html`<${Choice} name="how" legend=${t("settings.team.how")} chosen=${invites ? "mail" : "password"} all=${HOW} onChoose=${(/** @type {string} */ one) => invite(one === "mail")} />`}
    ${
      invites
        ? html`<${Email} value=${email} onChange=${setEmail} trouble=${trouble("bad_form")} hint=${t("settings.team.email.hint")} />`
        : html`<${Password} value=${password} onChange=${setPassword} trouble=${trouble("weak_password")} />`
    }
    <${Choice} name="role" legend=${t("settings.team.role")} chosen=${role} all=${ROLES} onChoose=${setRole} />
    <div class="settings-foot">
      <button class="button button-main" aria-disabled=${busy}>${t(invites ? "settings.team.invite" : "settings.team.save")}</button>
      <button type="button" class="button" onClick=${onClose}>${t("transfer.cancel")}</button>
    </div>
    <p class="trouble" role="alert">${trouble()}</p>
  </form>`;
}

/** One of a few, each with what it means. @param {{ name: string, legend: string, chosen: string, all: Record<string, { name: Key, may?: Key }>, onChoose: (one: string) => void }} props */
function Choice({ name, legend, chosen, all, onChoose }) {
  return html`<fieldset class="settings-choice">
    <legend>${legend}</legend>
    ${Object.entries(all).map(
      ([one, { name: called, may }]) => html`<label key=${one}>
        <input type="radio" name=${name} value=${one} checked=${chosen === one} onChange=${() => onChoose(one)} />
        <span>${t(called)}${may && html`<small class="quiet">${t(may)}</small>`}</span>
      </label>`,
    )}
  </fieldset>`;
}
