/** The chat: who is there, the thread, and where to write. */

import { html, useEffect } from "../lib.js";
import { t } from "../i18n.js";
import { Banner } from "../components/banner.js";
import { Composer } from "../components/composer.js";
import { Thread, said } from "../components/thread.js";
import { Greeting } from "./greeting.js";
import { Header } from "./header.js";

/** @import { Happening, Me, Person, TakeFocus } from "../types.d.ts" */
/** @import { Visit } from "../visitor/visit.js" */

const SHOWN_EVENTS = new Set(["claimed", "released", "resolved"]); // who answers, who left, and that it is over; the rest is the shop's own business

/** @param {{ visit: Visit, shop: string }} props */
export function Chat({ visit, shop }) {
  const { conversation } = visit;
  useEffect(fitKeyboard, []);
  return html`<main class="chat">
    <${Header} visit=${visit} shop=${shop} />
    <${Banner} lost=${visit.lost.value} />
    <${Middle} visit=${visit} />
    <${Composer}
      draft=${visit.draft}
      label=${t("chat.write")}
      placeholder=${t("chat.write")}
      onSend=${(/** @type {string} */ text) => conversation.send(text)}
      onTyped=${(/** @type {string} */ text) => conversation.typing.typed(text)}
      focusable=${focusAtOnce}
      most=${visit.connection.limits.value?.message_chars}
    />
  </main>`;
}

/** @param {{ visit: Visit }} props */
function Middle({ visit }) {
  const { conversation, me } = visit;
  const written = conversation.outbox.items.value.length > 0;
  if (conversation.state.value !== "ready" && !written) {
    return html`<div class="skeleton" role="status" aria-label=${t("chat.loading")}><i></i><i></i><i></i></div>`;
  }
  const opening = html`<${Greeting} key="greeting" name=${me.name} />`;
  return html`<${Thread} conversation=${conversation} own=${isMine(me)} shows=${isShown} words=${told} opening=${opening} />`;
}

/**
 * @param {Me} me
 * @returns {(user: Person) => boolean}
 */
const isMine = (me) => (user) => user.uid === me.uid;
/** @param {Happening} event */
const isShown = (event) => SHOWN_EVENTS.has(event.kind);

/**
 * What an event says to a visitor, to whom it is all the same why somebody left.
 * @param {Happening} event
 */
function told(event) {
  const { kind, user, from } = event;
  if (kind === "released") return t("event.left", { name: user.nickname });
  if (kind === "claimed" && from) return t("event.transferred", { name: from.nickname, to: user.nickname });
  return kind === "resolved" ? t("chat.closing") : said(event);
}

/**
 * Where there is a keyboard, one can write at once; a phone's would hide what is there to read.
 * @param {TakeFocus} take
 */
const focusAtOnce = (take) => void (matchMedia("(hover: hover)").matches && take());

/** iOS lays the keyboard over the page: keep to the part that can be seen. */
function fitKeyboard() {
  const view = window.visualViewport;
  if (!view) return undefined;
  const fit = () => {
    if (view.scale > 1) return; // zoomed in by hand: leave it to them
    document.documentElement.style.setProperty("--seen", `${view.height}px`);
    if (view.offsetTop) scrollTo(0, 0);
  };
  fit();
  view.addEventListener("resize", fit);
  return () => {
    view.removeEventListener("resize", fit);
    document.documentElement.style.removeProperty("--seen");
  };
}
