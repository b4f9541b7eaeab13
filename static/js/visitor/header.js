/** The shop's name, an honest line about who is there, and what can be done besides writing. */

import { html, signal, useEffect, useState } from "../lib.js";
import { loadChunk } from "../chunk.js";
import { Face, initial } from "../components/avatar.js";
import { Menu } from "../components/menu.js";
import { t } from "../i18n.js";
import { shop as settings } from "../shop.js";
import { PresenceLine } from "./presence.js";

/** @import { Act } from "../components/menu.js" */
/** @import { Content, Holder, Signal } from "../types.d.ts" */
/** @import { Visit } from "../visitor/visit.js" */

const MORE = html`<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M5 12h.01M12 12h.01M19 12h.01" /></svg>`;
const CROSS = html`<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="m6 6 12 12M18 6 6 18" /></svg>`;

/** The chunk with what the menu offers, null until it has come. @type {Signal<typeof import("./more/more.js") | null>} */
const more = signal(null);

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
  return html`<${Menu} name="head-more" trigger=${{ class: "head-act", "aria-label": t("menu.open"), title: t("menu.open") }} face=${MORE}>
      ${(/** @type {Act} */ act) => html`<${Items} act=${act} visit=${visit} ask=${ask} />`}
    <//>
    ${asked}`;
}

/**
 * What can be done comes when the menu is first opened.
 * @param {{ act: Act, visit: Visit, ask: (question: Content) => void }} props
 */
function Items(props) {
  const [failed, fail] = useState(false);
  useEffect(() => {
    if (!more.peek())
      loadChunk(() => import("./more/more.js")).then(
        (module) => (more.value = module),
        () => fail(true),
      );
  }, []);
  if (more.value) return html`<${more.value.Items} ...${props} />`;
  return failed && html`<p class="quiet">${t("error.unreachable")}</p>`;
}

/**
 * The shop's sign: its logo, else its initial, or two lines of talk where it has no name.
 * @param {{ shop: string }} props
 */
function Mark({ shop }) {
  return html`<${Face} id=${settings.value.logo} class="mark">
    <span class="mark" aria-hidden="true">${shop ? initial(shop) : html`<i></i><i></i>`}</span>
  <//>`;
}
