/** How the agent wants to be told: sound with a test, desktop notifications asked for only by a press. */

import { html, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { popupState } from "../alerts.js";
import { popupsOn, soundOn } from "../prefs.js";
import { play, unlock } from "../../sound.js";
import { Dialog } from "./dialog.js";

/** @import { Signal } from "../../types.d.ts" */

/** @param {{ onClose: () => void }} props */
export function AlertsDialog({ onClose }) {
  return html`<${Dialog} name="alerts" title=${t("alerts.title")} onClose=${onClose}>
    <p class="dialog-note">${t("alerts.lead")}</p>
    <div class="setting"><${Switch} name=${t("alerts.sound")} of=${soundOn} /><${SoundTest} /></div>
    <${Popups} />
    <div class="dialog-actions"><button type="button" class="button button-main" onClick=${onClose}>${t("alerts.close")}</button></div>
  <//>`;
}

export function SoundTest() {
  const [said, say] = useState("");
  const test = async () => {
    await unlock();
    say(t(play("waiting") ? "alerts.tested" : "alerts.silent"));
  };
  return html`<button type="button" class="button" onClick=${test}>${t("alerts.test")}</button>
    <p class="setting-note" role="status">${said}</p>`;
}

export function Popups() {
  const [state, follow] = useState(popupState());
  const ask = async () => {
    await Notification.requestPermission();
    popupsOn.value = true;
    follow(popupState());
  };
  if (state === "granted")
    return html`<div class="setting"><${Switch} name=${t("alerts.popups")} of=${popupsOn} /></div>`;
  return html`<div class="setting">
    <span>${t("alerts.popups")}</span>
    ${
      state === "ask"
        ? html`<button type="button" class="button" onClick=${ask}>${t("alerts.popups.ask")}</button>`
        : html`<p class="setting-note">${t(state === "denied" ? "alerts.popups.denied" : "alerts.popups.unavailable")}</p>`
    }
  </div>`;
}

/** @param {{ name: string, of: Signal<boolean> }} props */
function Switch({ name, of }) {
  return html`<label class="switch">
    <input type="checkbox" role="switch" checked=${of.value} onChange=${(event) => (of.value = event.currentTarget.checked)} />
    <i></i><span>${name}</span>
  </label>`;
}
