/** The chat: who is there, the thread, and where to write; the same before and after there is a visitor. */

import { effect, html, useCallback, useEffect } from "../lib.js";
import { Away } from "../away/chunk.js";
import { t } from "../i18n.js";
import { shown, wanted } from "../looking.js";
import { Banner } from "../components/banner.js";
import { Composer } from "../components/composer.js";
import { Thread } from "../components/thread.js";
import { Rating } from "../rating/chunk.js";
import { Form } from "./form.js";
import { Greeting, QuickAnswers } from "./greeting.js";
import { Header } from "./header.js";
import { isFrame } from "./port.js";
import { fileBytes, opening } from "./presence.js";

/** @import { Happening, Invite, Person, Told, TakeFocus } from "../types.d.ts" */
/** @import { Beginning } from "./beginning.js" */
/** @import { Visit } from "./visit.js" */

const SHOWN_EVENTS = new Set(["claimed", "released", "resolved"]); // who answers, who left, and that it is over; the rest is the shop's own business

/**
 * `visit` is what has come of `beginning`, if anything has; `invite`: a word to who has not written; `onClose` closes the panel
 * that the chat is in, if it is.
 * @param {{ beginning: Beginning, visit: Visit | null, invite?: Invite, shop: string, onClose?: () => void }} props
 */
export function Chat({ beginning, visit, invite, shop, onClose }) {
  const { conversation, draft, attachments, lost } = visit ?? beginning;
  const limits = visit?.connection.limits.value;
  const focusable = useCallback((/** @type {TakeFocus} */ take) => focusAtOnce(take), [beginning]);
  useEffect(fitKeyboard, []);
  return html`<main class="chat">
    <${Header} holder=${conversation.holder.value} visit=${visit} shop=${shop} onClose=${onClose} />
    <${Banner} lost=${lost.value} />
    <${Middle} key=${beginning} beginning=${beginning} visit=${visit} invite=${invite} />
    <${Composer}
      draft=${draft}
      label=${t("chat.write")}
      placeholder=${t("chat.write")}
      onSend=${(/** @type {string} */ text, /** @type {number} */ replyTo) => attachments.send(conversation, text, { replyTo })}
      onTyped=${(/** @type {string} */ text) => conversation.typing.typed(text)}
      focusable=${focusable}
      most=${limits?.message_chars}
      attachments=${attachments}
      fileBytes=${limits ? limits.file_bytes : fileBytes.value}
    >
      ${!visit && html`<${Before} beginning=${beginning} />`}
    <//>
  </main>`;
}

/** @param {{ beginning: Beginning, visit: Visit | null, invite?: Invite }} props */
function Middle({ beginning, visit, invite }) {
  const { conversation, draft } = visit ?? beginning;
  if (conversation.state.value !== "ready" && !isWritten(conversation)) {
    return html`<div class="skeleton" role="status" aria-label=${t("chat.loading")}><i></i><i></i><i></i></div>`;
  }
  const quick = opening.value?.quick ?? [];
  const asks = !visit && beginning.open.value && quick.length > 0 && !isWritten(conversation);
  const before = [
    html`<${Greeting} key="greeting" />`,
    !visit && invite && html`<${Greeting} key="invite" from=${invite.by?.nickname} words=${invite.text} />`,
    asks && html`<${QuickAnswers} key="quick" texts=${quick} onChosen=${beginning.choose} />`,
  ];
  return html`<${Thread} conversation=${conversation} own=${isMine(visit)} shows=${isShown} words=${told} opening=${before} closing=${visit && html`<${Rating} conversation=${visit.conversation} /><${Away} part="Card" wanted=${visit.written.value && visit.contact.value !== undefined} visit=${visit} />`} answers=${() => draft} logs=${visit?.linked.value} />`;
}

/**
 * Why the chat begins anew, what the shop asks to be told, and what is wrong with it.
 * @param {{ beginning: Beginning }} props
 */
function Before({ beginning }) {
  const { words, field } = beginning.trouble.value;
  const note = beginning.note.value;
  return html`<div class="before">
    <p class="before-note" role="status">${note && t(note)}</p>
    ${beginning.open.value && !isWritten(beginning) && html`<${Form} beginning=${beginning} />`}
    <p class="trouble before-trouble" role="alert">${!field && words}</p>
  </div>`;
}

/**
 * Whether something is on its way, so that there is something to see.
 * @param {Told} conversation
 */
const isWritten = ({ outbox, uploads }) => outbox.items.value.length + uploads.value.length > 0;

/**
 * @param {Visit | null} visit
 * @returns {(user: Person) => boolean}
 */
const isMine = (visit) => (user) => user.uid === visit?.me.uid;
/** @param {Happening} event */
const isShown = (event) => SHOWN_EVENTS.has(event.kind);

/**
 * What an event says to a visitor, to whom it is all the same why somebody left.
 * @param {Happening} event
 */
function told({ kind, user, from }) {
  const name = user.nickname;
  if (kind === "resolved") return t("chat.closing");
  if (kind === "released") return t("event.left", { name });
  return from ? t("event.transferred", { name: from.nickname, to: name }) : t("event.claimed", { name });
}

/**
 * Where there is a keyboard, one can write at once; a phone's would hide what is there to read. A frame takes the focus
 * from the page around it only when somebody opens the panel.
 * @param {TakeFocus} take
 */
function focusAtOnce(take) {
  return effect(() => {
    const may = wanted.value || !isFrame || document.hasFocus();
    if (may && shown.value && matchMedia("(hover: hover)").matches) take();
    wanted.value = false;
  });
}

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
