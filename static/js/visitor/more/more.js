/** What can be done besides writing: the chat saved, heard, answered by mail, gone on with on a phone, and left. */

import { html, useState } from "../../lib.js";
import { post } from "../../api.js";
import { t } from "../../i18n.js";
import { putOn } from "../../sheets.js";
import { save as saveTranscript } from "../../transcript.js";
import { ContactForm } from "../../away/form.js";
import { soundOn, turnSound } from "../sound.js";
import { Ask } from "./ask.js";
import { Phone } from "./phone.js";
import { SHEET } from "./sheet.js";

/** @import { Act } from "../../components/menu.js" */
/** @import { Content } from "../../types.d.ts" */
/** @import { Visit } from "../visit.js" */

putOn(document, SHEET);

const CHECK = html`<svg class="menu-mark" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="m5 13 4.5 4.5L19 7.5" /></svg>`;

/**
 * `act`: as the menu says; `ask` puts up a question, or with null none.
 * @param {{ act: Act, visit: Visit, ask: (question: Content) => void }} props
 */
export function Items({ act, visit, ask }) {
  const done = () => ask(null);
  /** @param {string} words */
  const regret = (words) => ask(html`<${Regret} words=${words} onClose=${done} />`);
  const save = () => saved().catch(() => regret(t("save.failed")));
  const goOn = () =>
    linked(visit).then(
      (link) => ask(html`<${Phone} link=${link} onClose=${done} />`),
      () => regret(t("phone.failed")),
    );
  return html`
    ${visit.talked.value && html`<button type="button" class="menu-item" onClick=${act(save)}>${t("menu.save")}</button>`}
    <button type="button" class="menu-item" aria-pressed=${soundOn.value} onClick=${turnSound}>${t("menu.sound")}${soundOn.value && CHECK}</button>
    ${visit.contact.value !== undefined && html`<button type="button" class="menu-item" onClick=${act(() => ask(html`<${Mail} visit=${visit} onClose=${done} />`))}>${t("menu.mail")}</button>`}
    <button type="button" class="menu-item" onClick=${act(goOn)}>${t("menu.phone")}</button>
    ${!visit.me.verified && html`<button type="button" class="menu-item" onClick=${act(() => ask(html`<${Leave} visit=${visit} onClose=${done} />`))}>${t("menu.leave")}</button>`}
  `;
}

/** A link by which they go on elsewhere. @param {Visit} visit */
async function linked(visit) {
  if (!(await visit.renew())) throw new Error("the shop does not say any more who they are");
  const { secret } = await post("/v1/me/link?as=visitor");
  return `${location.origin}/#link=${secret}`;
}

/**
 * Where answers go once they have left.
 * @param {{ visit: Visit, onClose: () => void }} props
 */
function Mail({ visit, onClose }) {
  const address = visit.contact.value;
  return html`<${Ask} words=${address ? t("away.goes", { address }) : t("away.where")} onClose=${onClose}>
    ${(/** @type {() => void} */ close) => html`<${ContactForm} visit=${visit} takes onDone=${close} />`}
  <//>`;
}

/** The chat as a page to read and print. */
const saved = () => saveTranscript("visitor", "html");

/**
 * Leaving cannot be undone, so it is asked twice, and what was said may be taken along.
 * @param {{ visit: Visit, onClose: () => void }} props
 */
function Leave({ visit, onClose }) {
  const [words, say] = useState(t("leave.ask"));
  const leave = () => visit.logout().catch(() => say(t("leave.failed")));
  const save = () => saved().catch(() => say(t("save.failed")));
  return html`<${Ask} words=${words} onClose=${onClose}>
    ${(/** @type {() => void} */ close) => html`
      <button type="button" class="button" onClick=${close}>${t("leave.stay")}</button>
      <button type="button" class="button button-alarm" onClick=${leave}>${t("leave.go")}</button>
      ${visit.talked.value && html`<button type="button" class="button leave-whole" onClick=${save}>${t("menu.save")}</button>`}
    `}
  <//>`;
}

/** @param {{ words: string, onClose: () => void }} props */
function Regret({ words, onClose }) {
  return html`<${Ask} words=${words} onClose=${onClose}>
    ${(/** @type {() => void} */ close) => html`<button type="button" class="button leave-whole" onClick=${close}>${t("save.close")}</button>`}
  <//>`;
}
