/** The shop's name, an honest line about who is there, and what can be done besides writing. */

import { html, useState } from "../lib.js";
import { post } from "../api.js";
import { loadChunk } from "../chunk.js";
import { Face, initial } from "../components/avatar.js";
import { Menu } from "../components/menu.js";
import { t } from "../i18n.js";
import { shop as settings } from "../shop.js";
import { save as saveTranscript } from "../transcript.js";
import { Ask } from "./ask.js";
import { PresenceLine } from "./presence.js";
import { soundOn, turnSound } from "./sound.js";

/** @import { Act } from "../components/menu.js" */
/** @import { Content, Holder } from "../types.d.ts" */
/** @import { Visit } from "../visitor/visit.js" */

const MORE = html`<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M5 12h.01M12 12h.01M19 12h.01" /></svg>`;
const CROSS = html`<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="m6 6 12 12M18 6 6 18" /></svg>`;
const CHECK = html`<svg class="menu-mark" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="m5 13 4.5 4.5L19 7.5" /></svg>`;

/**
 * `holder`: who has the conversation; `visit`: of whom there is one, and so a menu; `onClose`: where there is a panel.
 * @param {{ holder: Holder | null, visit: Visit | null, shop: string, onClose?: () => void }} props
 */
export function Header({ holder, visit, shop, onClose }) {
  return html`<header class="head">
    <${Mark} shop=${shop} />
    <div class="head-words">
      <h1><bdi>${shop || t("chat.title")}</bdi></h1>
      <${PresenceLine} holder=${holder} />
    </div>
    ${visit && html`<${More} visit=${visit} />`}
    ${onClose && html`<button type="button" class="head-act" aria-label=${t("head.close")} title=${t("head.close")} onClick=${onClose}>${CROSS}</button>`}
  </header>`;
}

/** @param {{ visit: Visit }} props */
function More({ visit }) {
  const [asked, ask] = useState(/** @type {Content} */ (null)); // the question that is up
  const done = () => ask(null);
  /** @param {string} words */
  const regret = (words) => ask(html`<${Regret} words=${words} onClose=${done} />`);
  const save = () => saved().catch(() => regret(t("save.failed")));
  const goOn = () =>
    Promise.all([loadChunk(() => import("./phone.js")), post("/v1/me/link?as=visitor")]).then(
      ([{ Phone }, { secret }]) => ask(html`<${Phone} link=${`${location.origin}/#link=${secret}`} onClose=${done} />`),
      () => regret(t("phone.failed")),
    );
  return html`<${Menu} name="head-more" trigger=${{ class: "head-act", "aria-label": t("menu.open"), title: t("menu.open") }} face=${MORE}>
      ${(/** @type {Act} */ act) => html`
        ${visit.talked.value && html`<button type="button" class="menu-item" onClick=${act(save)}>${t("menu.save")}</button>`}
        <button type="button" class="menu-item" aria-pressed=${soundOn.value} onClick=${turnSound}>${t("menu.sound")}${soundOn.value && CHECK}</button>
        <button type="button" class="menu-item" onClick=${act(goOn)}>${t("menu.phone")}</button>
        <button type="button" class="menu-item" onClick=${act(() => ask(html`<${Leave} visit=${visit} onClose=${done} />`))}>${t("menu.leave")}</button>
      `}
    <//>
    ${asked}`;
}

/** The chat as a page to read and print. */
const saved = () => saveTranscript("visitor", "html");

/**
 * The shop's sign: its logo, else its initial, or two lines of talk where it has no name.
 * @param {{ shop: string }} props
 */
function Mark({ shop }) {
  return html`<${Face} id=${settings.value.logo} class="mark">
    <span class="mark" aria-hidden="true">${shop ? initial(shop) : html`<i></i><i></i>`}</span>
  <//>`;
}

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
