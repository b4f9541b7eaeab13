/** The keys with which a shop's server signs who its customer is: made, shown once, ended. */

import { html, useElement, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { call, post } from "../../api.js";
import { CopyLine } from "../../components/copy_line.js";
import { moment } from "../../time.js";
import { ago } from "../clock.js";
import { Icon } from "../components/icons.js";
import { Section, useAsked } from "../settings/controls.js";
import { WIDGET } from "./document.js";

/** @import { IdentityKey, Ref } from "../../types.d.ts" */

const MOST_KEYS = 2;

/** @param {{ keys: IdentityKey[] }} props */
export function Keys({ keys }) {
  const [made, show] = useState(/** @type {{ kid: string, secret: string } | null} */ (null));
  const [said, say] = useState(/** @type {{ words: string, trouble?: boolean }} */ ({ words: "" }));
  const [ask, asking] = useAsked();
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  /** @param {() => Promise<string>} change What to say once it is so. */
  const changing = async (change) => {
    say({ words: "" });
    try {
      say({ words: await change() });
    } catch (error) {
      say({ words: reason(error), trouble: true });
    }
    await WIDGET.load().catch(() => {}); // it is asked again in a moment anyway
  };
  const make = () =>
    changing(async () => {
      show(await post("/v1/widget/keys?as=agent"));
      return "";
    });
  /** @param {string} kid */
  const end = (kid) =>
    changing(async () => {
      await call("DELETE", `/v1/widget/keys/${kid}?as=agent`);
      if (made?.kid === kid) show(null);
      box.current?.focus(); // the button that was pressed goes
      return t("identity.ended", { kid });
    });
  /** @param {string} kid */
  const askToEnd = (kid) =>
    ask({
      title: t("identity.end.title", { kid }),
      text: t("identity.end.text"),
      does: t("identity.end"),
      run: () => end(kid),
    });
  const full = keys.length >= MOST_KEYS;
  return html`<${Section} name="identity-keys" title=${t("identity.keys")} lead=${t("identity.keys.lead")}>
    <div ref=${box} tabindex="-1" class="identity-keys">
      ${keys.length === 0 && html`<p>${t("identity.none")}</p>`}
      <ul class="settings-rows">
        ${keys.map((key) => html`<${Row} key=${key.kid} of=${key} onEnd=${askToEnd} />`)}
      </ul>
      ${
        made &&
        html`<p>${t("identity.made", { kid: made.kid })}</p>
        <${CopyLine} text=${made.secret} label=${t("identity.secret")} does=${t("identity.copy")} />`
      }
      <p class=${said.trouble ? "trouble" : "settings-state"} role=${said.trouble ? "alert" : "status"}>${said.words}</p>
      ${full ? html`<p class="settings-hint">${t("identity.full")}</p>` : html`<button type="button" class="button" onClick=${make}><${Icon} name="plus" />${t("identity.make")}</button>`}
    </div>
    ${asking}
  <//>`;
}

/** @param {{ of: IdentityKey, onEnd: (kid: string) => void }} props */
function Row({ of: { kid, since, used }, onEnd }) {
  const note = [
    t("identity.since", { time: moment(since) }),
    used ? t("identity.used", { time: ago(used) }) : t("identity.unused"),
  ];
  return html`<li class="settings-row">
    <p class="settings-reply"><b><bdi dir="ltr">${kid}</bdi></b><span>${note.join(" · ")}</span></p>
    <button type="button" class="button" aria-label=${t("settings.of", { does: t("identity.end"), name: kid })} onClick=${() => onEnd(kid)}>${t("identity.end")}</button>
  </li>`;
}
