/** The answer below the thread: writing it, or the bar in its place; and noting privately, which needs no claim. */

import { html, useCallback, useEffect } from "../../lib.js";
import { t } from "../../i18n.js";
import { Composer } from "../../components/composer.js";
import { ClaimBar } from "./claim_bar.js";
import { ReachLine } from "./reach_line.js";
import { RepliesButton, RepliesMenu, useReplies } from "./replies_menu.js";

/** @import { Key, Markup, Mode, TakeFocus, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */
/** @import { Conversation } from "../../conversation.js" */

/** @param {{ workspace: Workspace, item: Visitor, conversation: Conversation }} props */
export function Answer({ workspace, item, conversation }) {
  const mode = workspace.conversations.mode(item.uid);
  const noting = mode.value === "note";
  const mine = workspace.isMine(item);
  /** @param {Mode} name */
  const choose = (name) => () => {
    mode.value = name;
    workspace.focus("composer");
  };
  /**
   * @param {Mode} name
   * @param {Key} words
   */
  const tab = (name, words) =>
    html`<button type="button" class="answer-mode" data-mode=${name} aria-pressed=${mode.value === name} onClick=${choose(name)}>${t(words)}</button>`;
  /** @param {Markup} [more] */
  const modes = (more) =>
    html`<div class="answer-modes"><div class="answer-group" role="group" aria-label=${t("answer.label")}>${tab("reply", "answer.reply")}${tab("note", "answer.note")}</div>${more}</div>`;
  if (noting)
    return html`<${Note} workspace=${workspace} item=${item} conversation=${conversation} modes=${modes()} />`;
  if (mine) return html`<${Reply} workspace=${workspace} item=${item} conversation=${conversation} modes=${modes} />`;
  return html`<div class="answer">${modes()}<${ClaimBar} workspace=${workspace} item=${item} /></div>`;
}

/** @param {Workspace} workspace */
const takes = (workspace) =>
  useCallback((/** @type {TakeFocus} */ take) => workspace.focuses("composer", take), [workspace]);

/** @param {{ workspace: Workspace, item: Visitor, conversation: Conversation, modes: (more: Markup) => Markup }} props */
function Reply({ workspace, item, conversation, modes }) {
  const { uid, called: name } = item;
  const { connection } = workspace.conversations;
  const draft = workspace.conversations.draft(uid);
  const attachments = workspace.conversations.attachments(uid);
  const menu = useReplies(workspace, item, draft);
  return html`<${Composer}
    key="reply"
    draft=${draft}
    label=${t("composer.label", { name })}
    placeholder=${t("composer.placeholder", { name })}
    onSend=${(/** @type {string} */ text, /** @type {number} */ replyTo) => attachments.send(conversation, text, { replyTo })}
    onTyped=${(/** @type {string} */ text) => conversation.typing.typed(text)}
    focusable=${takes(workspace)}
    most=${connection.limits.value?.message_chars}
    attachments=${attachments}
    fileBytes=${connection.limits.value?.file_bytes}
    onKey=${menu.onKey}
    aria=${menu.aria}
  >${modes(html`<${RepliesButton} menu=${menu} />`)}<${ReachLine} workspace=${workspace} item=${item} /><${RepliesMenu} menu=${menu} /><//>`;
}

/** @param {{ workspace: Workspace, item: Visitor, conversation: Conversation, modes: Markup }} props */
function Note({ workspace, item, conversation, modes }) {
  const { uid, called: name } = item;
  const { connection } = workspace.conversations;
  const attachments = workspace.conversations.attachments(`${uid}.note`);
  useEffect(() => () => (workspace.conversations.mode(uid).value = "reply"), [workspace, uid]); // the next look at it begins with answering
  return html`<${Composer}
    key="note"
    tone="note"
    draft=${workspace.conversations.draft(`${uid}.note`)}
    label=${t("note.label", { name })}
    placeholder=${t("note.placeholder")}
    onSend=${(/** @type {string} */ text, /** @type {number} */ replyTo) => attachments.send(conversation, text, { note: true, replyTo })}
    focusable=${takes(workspace)}
    most=${connection.limits.value?.message_chars}
    attachments=${attachments}
    fileBytes=${connection.limits.value?.file_bytes}
  >${modes}<//>`;
}
