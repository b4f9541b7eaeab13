/** What to put into the configuration: passwords are there, and nowhere else. */

import { html, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { CopyLine } from "../../components/copy_line.js";
import { Section, Segments } from "../settings/controls.js";
import { isWhole, passwordOf } from "./server.js";

/** @import { MailServer, MailSetup } from "../../types.d.ts" */

/** @param {{ setup: MailSetup, server: MailServer }} props */
export function Lines({ setup, server }) {
  const [where, choose] = useState("file");
  const lines = (where === "file" ? inFile : inEnvironment)(
    setup.url || location.origin,
    addressOf(server),
    server.sender.trim(),
  );
  return html`<${Section} name="mail-lines" title=${t("smtp.lines")} lead=${t("smtp.lines.lead")}>
    ${
      isWhole(server)
        ? html`<div class="identity-code" data-short>
          <${Segments} label=${t("smtp.lines.where")} chosen=${where} onChoose=${choose} all=${[
            ["file", t("smtp.lines.file")],
            ["environment", t("smtp.lines.environment")],
          ]} />
          <${CopyLine} text=${lines} label=${t("smtp.lines")} does=${t("smtp.lines.copy")} calm />
          ${!setup.url && html`<p class="settings-hint">${t("smtp.lines.url")}</p>`}
        </div>`
        : html`<p class="settings-hint">${t("smtp.lines.first")}</p>`
    }
  <//>`;
}

/** As `mail.smtp` takes it. @param {MailServer} server */
function addressOf(server) {
  const { host, port, tls, user } = server;
  const login = user.trim() ? `${encoded(user.trim())}:${encoded(passwordOf(server) || "PASSWORD")}@` : "";
  const place = host.includes(":") ? `[${host.trim()}]` : host.trim();
  return `${tls ? "smtps" : "smtp"}://${login}${place}:${port}`;
}

/** With no sign that YAML, or a shell, takes for one of its own. @param {string} text */
const encoded = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);

/**
 * @param {string} url
 * @param {string} smtp
 * @param {string} from
 */
const inFile = (url, smtp, from) => `url: ${url}\nmail:\n  smtp: "${smtp}"\n  from: "${from}"`;
/**
 * @param {string} url
 * @param {string} smtp
 * @param {string} from
 */
const inEnvironment = (url, smtp, from) =>
  `CHATADMIN_URL='${url}'\nCHATADMIN_MAIL__SMTP='${smtp}'\nCHATADMIN_MAIL__FROM='${from}'`;
