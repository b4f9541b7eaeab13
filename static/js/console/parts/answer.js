/** Below the thread: answering, or the bar in its place; and noting privately, which needs no claim. */

import { html, useCallback, useEffect } from "../../lib.js";
import { t } from "../../i18n.js";
import { Composer } from "../../components/composer.js";
import { ClaimBar } from "./claim_bar.js";
import { RepliesMenu, useReplies } from "./replies_menu.js";

/** @import { Markup, Mode, TakeFocus, Visitor } from "../../types.d.ts" */
/** @import { Desk } from "../desk.js" */
/** @import { Conversation } from "../../conversation.js" */

/** @param {{ desk: Desk, item: Visitor, conversation: Conversation }} props */
export function Answer({ desk, item, conversation }) {
  const mode = desk.cases.mode(item.uid);
  const noting = mode.value === "note";
  const mine = desk.isMine(item);
  /** @param {Mode} name */
  const choose = (name) => () => {
    mode.value = name;
    desk.focus("composer");
  };
  /**
   * @param {Mode} name
   * @param {string} icon
   */
  const tab = (name, icon) =>
    html`<button type="button" class="answer-mode" data-mode=${name} aria-pressed=${mode.value === name} onClick=${choose(name)}>${t(`answer.${icon}`)}</button>`;
  const modes = html`<div class="answer-modes" role="group" aria-label=${t("answer.label")}>${tab("reply", "reply")}${tab("note", "note")}</div>`;
  if (noting) return html`<${Note} desk=${desk} item=${item} conversation=${conversation} modes=${modes} />`;
  if (mine) return html`<${Reply} desk=${desk} item=${item} conversation=${conversation} modes=${modes} />`;
  return html`<div class="answer">${modes}<${ClaimBar} desk=${desk} item=${item} /></div>`;
}

/** @param {Desk} desk */
const takes = (desk) => useCallback((/** @type {TakeFocus} */ take) => desk.focuses("composer", take), [desk]);

/** @param {{ desk: Desk, item: Visitor, conversation: Conversation, modes: Markup }} props */
function Reply({ desk, item, conversation, modes }) {
  const { uid, nickname: name } = item;
  const draft = desk.cases.draft(uid);
  const menu = useReplies(desk, item, draft);
  return html`<${Composer}
    key="reply"
    draft=${draft}
    label=${t("composer.label", { name })}
    placeholder=${t("composer.placeholder", { name })}
    onSend=${(/** @type {string} */ text) => conversation.send(text)}
    onTyped=${(/** @type {string} */ text) => conversation.typing.typed(text)}
    focusable=${takes(desk)}
    most=${desk.cases.connection.limits.value?.message_chars}
    onKey=${menu.onKey}
    aria=${menu.aria}
  >${modes}<${RepliesMenu} menu=${menu} /><//>`;
}

/** @param {{ desk: Desk, item: Visitor, conversation: Conversation, modes: Markup }} props */
function Note({ desk, item, conversation, modes }) {
  const { uid, nickname: name } = item;
  useEffect(() => () => (desk.cases.mode(uid).value = "reply"), [desk, uid]); // the next look at it begins with answering
  return html`<${Composer}
    key="note"
    tone="note"
    draft=${desk.cases.draft(`${uid}.note`)}
    label=${t("note.label", { name })}
    placeholder=${t("note.placeholder")}
    onSend=${(/** @type {string} */ text) => conversation.note(text)}
    focusable=${takes(desk)}
    most=${desk.cases.connection.limits.value?.message_chars}
  >${modes}<//>`;
}
