/** The team: who answers, with which role; who joins, who is locked out and let in again. */

import { html, useEffect, useElement, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { call, get } from "../../api.js";
import { Avatar, faceOf } from "../../components/avatar.js";
import { CopyLine } from "../../components/copy_line.js";
import { Dialog } from "../components/dialog.js";
import { Icon } from "../components/icons.js";
import { ROLE_WORDS } from "../components/rail.js";
import { byMail } from "../by_mail.js";
import { AddressDialog, standing } from "./address.js";
import { Section, useAsked, useSaving } from "./controls.js";
import { NewAgent, ROLES } from "./new_agent.js";
import { Password, SHORTEST_PASSWORD } from "./password.js";

/** @import { Agent, Key, Ref } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */
/** @import { Done } from "./new_agent.js" */

/** @param {{ workspace: Workspace }} props */
export function Team({ workspace }) {
  const [team, set] = useState(/** @type {Agent[] | null} */ (null));
  const [said, say] = useState(/** @type {{ words: string, trouble?: boolean, line?: string }} */ ({ words: "" }));
  const [adding, add] = useState(false);
  const [renewing, renew] = useState(/** @type {Agent | null} */ (null)); // whose password
  const [naming, name] = useState(/** @type {Agent | null} */ (null)); // whose address
  const [ask, asking] = useAsked();
  const online = workspace.liveList.agents.value; // every change of the team is told by the stream
  /** @param {unknown} error */
  const fail = (error) => say({ words: reason(error), trouble: true });
  const load = () => get("/v1/agents?as=agent").then(set, fail);
  useEffect(() => void load(), [workspace, online]);
  /**
   * @param {Agent} agent
   * @param {{ role?: string, disabled?: boolean }} asked
   * @param {Key} words
   */
  const change = async (agent, asked, words) => {
    try {
      await call("PATCH", `/v1/agents/${agent.uid}?as=agent`, asked);
      say({ words: t(words, { name: agent.nickname }) });
      load();
    } catch (error) {
      fail(error);
    }
  };
  /** @param {Agent} agent */
  const lockOut = (agent) =>
    ask({
      title: t("settings.team.out.title", { name: agent.nickname }),
      text: t("settings.team.out.text"),
      does: t("settings.team.out"),
      run: () => change(agent, { disabled: true }, "settings.team.outDone"),
    });
  /** @type {Ref<HTMLButtonElement>} */
  const button = useElement();
  const close = () => {
    add(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  /**
   * Somebody has a password that they do not know yet: the line says it, and takes the focus.
   * @param {Agent} agent
   * @param {string} password
   * @param {Key} words
   */
  const done = ({ nickname: called }, password, words) => {
    add(false);
    renew(null);
    say({ words: t(words, { name: called }), line: invitation(called, password) });
    load();
  };
  /** A mail is on its way to somebody, or none is needed. @param {Agent} agent */
  const mailed = ({ nickname: called, email_asked: email, invited }) => {
    say({
      words: email
        ? t(invited ? "settings.team.invitedDone" : "settings.team.askedDone", { name: called, email })
        : t("settings.saved"),
    });
    load();
  };
  return html`<${Section} name="team" title=${t("settings.team")} lead=${t("settings.team.lead")}>
    <ul class="settings-rows" aria-busy=${!team}>
      ${[...(team ?? [])].sort(byName).map((agent) => html`<${Row} key=${agent.uid} agent=${agent} me=${workspace.me.uid} onRole=${(/** @type {Agent["role"]} */ role) => change(agent, { role }, ROLES[role].done)} onPassword=${() => renew(agent)} onAddress=${() => name(agent)} onOut=${() => lockOut(agent)} onIn=${() => change(agent, { disabled: false }, "settings.team.inDone")} />`)}
    </ul>
    <p class=${said.trouble ? "trouble" : "settings-state"} role=${said.trouble ? "alert" : "status"}>${said.words}</p>
    ${said.line && html`<${CopyLine} text=${said.line} label=${t("settings.team.line.label")} does=${t("settings.team.line.copy")} />`}
    ${
      adding
        ? html`<${NewAgent} onDone=${done} onInvited=${(/** @type {Agent} */ agent) => (close(), mailed(agent))} onClose=${close} />`
        : html`<button type="button" class="button" ref=${button} onClick=${() => (say({ words: "" }), add(true))}><${Icon} name="plus" />${t("settings.team.add")}</button>`
    }
    ${renewing && html`<${NewPassword} agent=${renewing} onDone=${done} onClose=${() => renew(null)} />`}
    ${naming && html`<${AddressDialog} agent=${naming} onDone=${(/** @type {Agent} */ agent) => (name(null), mailed(agent))} onClose=${() => name(null)} />`}
    ${asking}
  <//>`;
}

/**
 * @param {Agent} a
 * @param {Agent} b
 */
const byName = (a, b) => Number(a.disabled) - Number(b.disabled) || a.nickname.localeCompare(b.nickname);

/** @param {{ agent: Agent, me: string, onRole: (role: Agent["role"]) => void, onPassword: () => void, onAddress: () => void, onOut: () => void, onIn: () => void }} props */
function Row({ agent, me, onRole, onPassword, onAddress, onOut, onIn }) {
  const name = agent.nickname;
  const own = agent.uid === me;
  const boss = agent.role === "admin";
  const mail = standing(agent);
  /**
   * @param {Key} key
   * @param {() => void} run
   */
  const does = (key, run) => {
    const words = t(key);
    return html`<button type="button" class="button" aria-label=${t("settings.of", { does: words, name })} onClick=${run}>${words}</button>`;
  };
  return html`<li class="settings-row" data-out=${agent.disabled ? "" : undefined}>
    <p class="settings-agent">
      <span class="visitor-row-face" data-online=${agent.online ? "" : undefined}><${Avatar} name=${name} face=${faceOf(agent.uid)} /></span>
      <span><bdi>${name}</bdi>${own && html` <span class="quiet">${t("settings.team.you")}</span>`}<br /><span class="quiet">${t(agent.disabled ? "settings.team.locked" : ROLE_WORDS[agent.role])}</span>${mail && html`<br /><bdi class="quiet">${mail}</bdi>`}</span>
    </p>
    <span class="settings-does">
      ${!own && !agent.disabled && (boss ? does("settings.team.demote", () => onRole("agent")) : does("settings.team.promote", () => onRole("admin")))}
      ${byMail && !own && !agent.disabled && does(agent.invited ? "settings.team.again" : "settings.team.address", onAddress)}
      ${!own && !agent.disabled && does("settings.team.password", onPassword)}
      ${!own && (agent.disabled ? does("settings.team.in", onIn) : does("settings.team.out", onOut))}
    </span>
  </li>`;
}

/**
 * What somebody needs to log in. Not isolated as words of the page are: it is pasted elsewhere, and typed.
 * @param {string} name
 * @param {string} password
 */
const invitation = (name, password) =>
  t("settings.team.line", { address: `${location.origin}/admin`, name, password }).replace(/[\u2068\u2069]/g, "");

/** @param {{ agent: Agent, onDone: Done, onClose: () => void }} props */
function NewPassword({ agent, onDone, onClose }) {
  const [password, setPassword] = useState("");
  const [save, trouble, busy] = useSaving(async () => {
    await call("PATCH", `/v1/agents/${agent.uid}?as=agent`, { password });
    onDone(agent, password, "settings.team.passwordDone");
  });
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    save(password.length < SHORTEST_PASSWORD ? "weak_password" : "");
  };
  return html`<${Dialog} name="password" title=${t("settings.team.password.title", { name: agent.nickname })} onClose=${onClose}>
    <p class="dialog-note">${t("settings.team.password.lead")}</p>
    <form class="settings-editor" onSubmit=${submit} novalidate>
      <${Password} value=${password} onChange=${setPassword} trouble=${trouble("weak_password")} />
      <p class="trouble" role="alert">${trouble()}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("transfer.cancel")}</button>
        <button class="button button-main" aria-disabled=${busy}>${t("settings.save")}</button>
      </div>
    </form>
  <//>`;
}
