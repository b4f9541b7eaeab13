/** Where mail reaches an agent: one's own, and as an administrator anybody's. It counts once it was confirmed. */

import { html, useEffect, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { call, get } from "../../api.js";
import { Dialog } from "../components/dialog.js";
import { Field, useSaving } from "./controls.js";

/** @import { Agent, Me } from "../../types.d.ts" */
/** @import { Attributes } from "./controls.js" */

/** What may be an address; the server looks closer. @param {string} email */
export const mayBeAddress = (email) => /^\S+@\S+\.\S+$/.test(email.trim());

/** @param {{ value: string, onChange: (value: string) => void, trouble: string, label?: string, hint: string }} props */
export const Email = ({ value, onChange, trouble, label = t("settings.email.of"), hint }) =>
  html`<${Field}
    label=${label}
    hint=${hint}
    trouble=${trouble}
    control=${(/** @type {Attributes} */ tied) => html`<input class="field" ...${tied} type="email" dir="ltr" value=${value} onInput=${(/** @type {InputEvent & { currentTarget: HTMLInputElement }} */ event) => onChange(event.currentTarget.value)} autocomplete="off" maxlength="254" spellcheck=${false} />`}
  />`;

/** What is known of an address, in a line. @param {Pick<Agent, "email" | "email_asked" | "invited">} agent */
export function standing({ email, email_asked: asked, invited }) {
  if (invited) return asked ? t("settings.team.invited", { email: asked }) : t("settings.team.uninvited");
  if (asked) return t("settings.email.asked", { email: asked });
  return email ?? "";
}

/** One's own; another one needs the present password: whoever reads mail there can get in. @param {{ me: Me }} props */
export function OwnAddress({ me }) {
  const [mail, set] = useState(me);
  const { email: kept = "", email_asked: asked = "" } = mail;
  const [email, setEmail] = useState(asked || kept);
  const [again, ask] = useState(false); // for the mail that asks to confirm it
  const [present, setPresent] = useState("");
  const [done, tell] = useState("");
  useEffect(() => {
    // it may have been confirmed meanwhile, on another page
    const look = () => document.hidden || get("/v1/me?as=agent").then(set, () => {});
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  const [save, trouble, busy] = useSaving(async () => {
    const { value } = await call("PUT", "/v1/me/email?as=agent", { email: email.trim(), present });
    set({ ...mail, ...value });
    setPresent("");
    ask(false);
    tell(t(value.email_asked ? "settings.email.sent" : "settings.saved", { email: value.email_asked }));
  });
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    tell("");
    save(email.trim() && !mayBeAddress(email) ? "bad_form" : present ? "" : "wrong_password");
  };
  const changed = email.trim() !== (asked || kept);
  return html`<form onSubmit=${submit} novalidate>
    <${Email} label=${t("settings.email")} value=${email} onChange=${setEmail} trouble=${trouble("bad_form")} hint=${t("settings.email.hint")} />
    <p class="settings-state" role="status">${done || said(kept, asked)}</p>
    ${
      changed || again
        ? html`<${Field}
            label=${t("settings.email.present")}
            trouble=${trouble("wrong_password")}
            control=${(/** @type {Attributes} */ tied) => html`<input class="field" ...${tied} type="password" value=${present} onInput=${(/** @type {InputEvent & { currentTarget: HTMLInputElement }} */ event) => setPresent(event.currentTarget.value)} autocomplete="current-password" maxlength="1024" />`}
          />
          <div class="settings-foot">
            <button class="button button-main" aria-disabled=${busy}>${t(busy ? "settings.saving" : changed ? "settings.email.save" : "settings.email.again")}</button>
          </div>`
        : asked &&
          html`<button type="button" class="button" onClick=${() => ask(true)}>${t("settings.email.again")}</button>`
    }
    <p class="trouble" role="alert">${trouble()}</p>
  </form>`;
}

/** @param {string} kept @param {string} asked */
function said(kept, asked) {
  if (asked) return t(kept ? "settings.email.until" : "settings.email.asked", { email: asked, kept });
  return kept && t("settings.email.kept", { email: kept });
}

/** Anybody's. @param {{ agent: Agent, onDone: (changed: Agent) => void, onClose: () => void }} props */
export function AddressDialog({ agent, onDone, onClose }) {
  const [email, setEmail] = useState(agent.email_asked || agent.email || "");
  const [save, trouble, busy] = useSaving(async () => {
    onDone((await call("PATCH", `/v1/agents/${agent.uid}?as=agent`, { email: email.trim() })).value);
  });
  const { nickname: name, invited } = agent;
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    save((email.trim() || invited) && !mayBeAddress(email) ? "bad_form" : "");
  };
  return html`<${Dialog} name="address" title=${t(invited ? "settings.team.again.title" : "settings.team.address.title", { name })} onClose=${onClose}>
    <form class="settings-editor" onSubmit=${submit} novalidate>
      <${Email} value=${email} onChange=${setEmail} trouble=${trouble("bad_form")} hint=${t(invited ? "settings.team.again.hint" : "settings.team.address.hint", { name })} />
      <p class="trouble" role="alert">${trouble()}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("transfer.cancel")}</button>
        <button class="button button-main" aria-disabled=${busy}>${t(invited ? "settings.team.invite" : "settings.save")}</button>
      </div>
    </form>
  <//>`;
}
