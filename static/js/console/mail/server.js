/** Who sends the shop's mail: a provider's server as it is known, or any other. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { Field, Section } from "../settings/controls.js";
import { Attempt } from "./attempt.js";

/** @import { FieldEvent, Key, MailProvider, MailServer, MailSetup } from "../../types.d.ts" */

const OTHER = "other";
/** What to know of each. @type {Record<string, Key>} */
const ABOUT = {
  google: "smtp.about.google",
  microsoft: "smtp.about.microsoft",
  fastmail: "smtp.about.fastmail",
  zoho: "smtp.about.zoho",
  ionos: "smtp.about.ionos",
  brevo: "smtp.about.brevo",
  mailgun: "smtp.about.mailgun",
  ses: "smtp.about.ses",
  other: "smtp.about.other",
};
const NOTHING = { provider: OTHER, host: "", port: 587, tls: false, user: "", password: "", sender: "" };

/**
 * What the form begins with: the server in force, or the first provider.
 * @param {MailSetup} setup
 * @returns {MailServer}
 */
export function emptyFor({ server, sender, providers }) {
  const known = providers.find(({ host }) => !server || host === server.host);
  return { ...NOTHING, ...known, ...server, provider: known?.id ?? OTHER, user: "", sender };
}

/** Google shows its passwords in four groups, which are no part of them. @param {MailServer} server */
export const passwordOf = ({ provider, password }) => (provider === "google" ? password.replace(/\s/g, "") : password);

/** What the server is told of it. @param {MailServer} server */
export const typed = (server) => ({
  host: server.host.trim(),
  port: server.port,
  tls: server.tls,
  user: server.user.trim(),
  password: passwordOf(server),
  sender: server.sender.trim(),
});

/** Whether there is a server's name, or its address, and nothing around it. @param {MailServer} server */
export const isWhole = ({ host, port, sender }) =>
  /^([^\s/@:]+|[\da-f:.]+)$/i.test(host.trim()) && port > 0 && port < 65536 && sender.includes("@");

/** @param {{ providers: MailProvider[], server: MailServer, onChange: (server: MailServer) => void, to: string, onTo: (to: string) => void, busy: boolean, onTry: () => void }} props */
export function Server({ providers, server, onChange, ...trying }) {
  /** @param {Partial<MailServer>} change */
  const set = (change) => onChange({ ...server, ...change });
  /** @param {string} id */
  const choose = (id) => {
    const { host, port, tls } = providers.find((one) => one.id === id) ?? NOTHING;
    set({ provider: id, host, port, tls });
  };
  return html`<${Section} name="mail-server" title=${t("smtp.server")} lead=${t("smtp.server.lead")}>
    <${Field}
      label=${t("smtp.provider")}
      hint=${t(ABOUT[server.provider])}
      control=${(
        tied,
      ) => html`<select class="field" ...${tied} value=${server.provider} onChange=${(/** @type {FieldEvent} */ event) => choose(event.currentTarget.value)}>
        ${providers.map(({ id, name }) => html`<option key=${id} value=${id}>${name}</option>`)}
        <option value=${OTHER}>${t("smtp.provider.other")}</option>
      </select>`}
    />
    <div class="mail-place">
      <${Text} label=${t("smtp.host")} value=${server.host} onInput=${(/** @type {string} */ host) => set({ host })} inputmode="url" placeholder="mail.example.com" />
      <${Text} label=${t("smtp.port")} value=${server.port || ""} onInput=${(/** @type {string} */ port) => set({ port: Number(port) || 0 })} inputmode="numeric" maxlength="5" />
    </div>
    <${Field}
      label=${t("smtp.encryption")}
      control=${(
        tied,
      ) => html`<select class="field" ...${tied} value=${server.tls ? "tls" : "starttls"} onChange=${(/** @type {FieldEvent} */ event) => set({ tls: event.currentTarget.value === "tls" })}>
        <option value="tls">${t("smtp.encryption.tls")}</option>
        <option value="starttls">${t("smtp.encryption.starttls")}</option>
      </select>`}
    />
    <${Text} label=${t("smtp.user")} hint=${t("smtp.user.hint")} value=${server.user} onInput=${(/** @type {string} */ user) => set({ user })} />
    <${Text} label=${t("smtp.password")} value=${server.password} onInput=${(/** @type {string} */ password) => set({ password })} type="password" autocomplete="new-password" maxlength="500" />
    <${Text} label=${t("smtp.sender")} hint=${t("smtp.sender.hint")} value=${server.sender} onInput=${(/** @type {string} */ sender) => set({ sender })} type="email" placeholder="chat@example.com" />
    <${Attempt} ...${trying} fit=${isWhole(server)} />
  <//>`;
}

/** @param {{ label: string, hint?: string, value: string | number, onInput: (text: string) => void, [more: string]: any }} props */
function Text({ label, hint, onInput, ...more }) {
  return html`<${Field}
    label=${label}
    hint=${hint}
    control=${(tied) => html`<input class="field" ...${tied} dir="ltr" autocomplete="off" autocapitalize="none" spellcheck=${false} maxlength="254" ...${more} onInput=${(/** @type {FieldEvent} */ event) => onInput(event.currentTarget.value)} />`}
  />`;
}
