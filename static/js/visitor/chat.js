/** The chat: who is there, the thread, and where to write. */

import { html, useEffect } from "../lib.js";
import { t } from "../i18n.js";
import { Banner } from "../components/banner.js";
import { Composer } from "../components/composer.js";
import { Thread } from "../components/thread.js";
import { Header } from "./header.js";

const SHOWN = new Set(["claimed", "resolved"]); // who answers, and that it is over; the rest is the shop's own business

export function Chat({ visit, shop }) {
  const { conversation } = visit;
  useEffect(fitKeyboard, []);
  const typed = (text) => (text.trim() ? conversation.typed() : conversation.stoppedTyping());
  return html`<main class="chat">
    <${Header} visit=${visit} shop=${shop} />
    <${Banner} lost=${visit.lost.value} />
    <${Middle} visit=${visit} />
    <${Composer} draft=${visit.draft} label=${t("chat.write")} placeholder=${t("chat.write")} onSend=${(text) => conversation.send(text)} onTyped=${typed} />
  </main>`;
}

function Middle({ visit }) {
  const { conversation, me } = visit;
  const state = conversation.state.value;
  if (state === "loading") return html`<div class="skeleton" role="status" aria-label=${t("chat.loading")}><i></i><i></i><i></i></div>`;
  const empty = !conversation.entries.value.some((entry) => entry.type === "message") && !conversation.outbox.items.value.length;
  return html`<div class="chat-middle">
    ${empty && html`<div class="chat-empty"><p>${t("chat.empty", { name: me.nickname })}</p></div>`}
    <${Thread} conversation=${conversation} own=${(user) => user.uid === me.uid} shows=${(event) => SHOWN.has(event.kind)} />
  </div>`;
}

/** iOS lays the keyboard over the page: keep to the part that can be seen. */
function fitKeyboard() {
  const view = window.visualViewport;
  if (!view) return undefined;
  const fit = () => {
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
