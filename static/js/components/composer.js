/** Where one writes: grows to six lines, Enter sends, and never while an input method is composing. */

import { html, useEffect, useElement, useLayoutEffect } from "../lib.js";
import { isComposing } from "../composing.js";
import { Emoji } from "../emoji/emoji.js";
import { FileButtons } from "../files/buttons.js";
import { putting } from "../files/chunk.js";
import { incoming } from "../files/incoming.js";
import { plural, t } from "../i18n.js";
import { talk } from "../talk/chunk.js";

/** @import { Attachments } from "../files/attachments.js" */
/** @import { Content, FieldEvent, Ref, Signal, TakeFocus } from "../types.d.ts" */

const MOST_LINES = 6;

/**
 * `children` stand above the field; `attachments` are the files that go with the text, each of at most `fileBytes`, where
 * any are taken; `onKey(event)` may take a key before the field does, by returning true; `aria` are
 * further attributes of the field; `tone` is for the style sheet.
 *
 * `draft` is a signal of the text; `onSend(text, replyTo)` takes it and the seq of what it quotes, or returns false, and it stays; `onTyped(text)` follows it;
 * `focusable(take)` is given how to take the focus.
 * `most`: characters that the server takes, 0 for any number; a longer text stays here and says so.
 * @param {{
 *   draft: Signal<string>,
 *   label: string,
 *   placeholder: string,
 *   onSend: (text: string, replyTo?: number) => void | boolean,
 *   onTyped?: (text: string) => void,
 *   focusable?: (take: TakeFocus) => void | (() => void),
 *   most?: number,
 *   children?: Content,
 *   attachments?: Attachments,
 *   fileBytes?: number,
 *   onKey?: (event: KeyboardEvent) => boolean,
 *   aria?: Record<string, string>,
 *   tone?: string,
 * }} props
 */
export function Composer({
  draft,
  label,
  placeholder,
  onSend,
  onTyped,
  focusable,
  most = 0,
  children,
  attachments,
  fileBytes = 0,
  onKey,
  aria,
  tone,
}) {
  /** @type {Ref<HTMLTextAreaElement>} */
  const field = useElement();
  /** @type {Ref<HTMLFormElement>} */
  const form = useElement();
  const over = excess(draft.value, most);
  const filled = Boolean(attachments?.items.value.length);
  const take = (/** @type {File[]} */ files) => {
    attachments?.add(files, fileBytes);
    if (matchMedia("(hover: hover)").matches) field.current.focus(); // a phone's keyboard would hide them
  };
  useLayoutEffect(() => (fileBytes ? incoming(form.current, take) : undefined), [attachments, fileBytes]);
  useLayoutEffect(() => grow(field.current), [draft.value]);
  useEffect(() => focusable?.(() => field.current?.focus()), [focusable]);

  const send = () => {
    if (!(draft.peek().trim() || filled) || excess(draft.peek(), most)) return;
    const quote = talk.peek()?.quoteOf(draft);
    if (onSend(draft.peek().trim(), quote?.peek()?.seq) === false) return;
    if (quote) quote.value = null;
    draft.value = "";
    field.current.focus();
  };
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    const caption = event.target instanceof HTMLInputElement; // where the browser would send, whatever is being composed
    if (event.target !== field.current && !caption) return;
    const composing = isComposing(event);
    if (!composing && !caption && onKey?.(event)) return event.preventDefault();
    if (event.key !== "Enter" || event.shiftKey || (composing && !caption)) return;
    event.preventDefault();
    if (!composing) send();
  };
  /** @param {FieldEvent} event */
  const onInput = (event) => {
    draft.value = event.currentTarget.value;
    onTyped?.(draft.value);
  };

  return html`<form ref=${form} class="composer" novalidate data-tone=${tone} data-written=${draft.value ? "" : undefined} onKeyDown=${onKeyDown} onSubmit=${(event) => (event.preventDefault(), send())}>
    ${children}
    ${talk.value && html`<${talk.value.Tray} draft=${draft} />`}
    ${filled && putting.value && html`<${putting.value.Tray} attachments=${attachments} />`}
    <div class="composer-box">
      ${fileBytes > 0 && html`<${FileButtons} take=${take} />`}
      <textarea
        ref=${field}
        rows="1"
        dir=${draft.value ? "auto" : undefined}
        enterkeyhint="send"
        aria-label=${label}
        ...${aria}
        placeholder=${placeholder}
        value=${draft.value}
        onInput=${onInput}
      ></textarea>
      <${Emoji} field=${field} text=${draft.value} />
      <button class="composer-send" aria-label=${t("composer.send")} title=${t("composer.send")} disabled=${!(draft.value.trim() || filled) || over > 0}>
        <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M12 19V5M5.5 11.5 12 5l6.5 6.5" /></svg>
      </button>
    </div>
    <p class="composer-note" role="status">${over > 0 ? plural("composer.over", over) : attachments?.trouble.value}</p>
  </form>`;
}

/**
 * How many characters too many: counted as the server counts, an emoji of one code point as one.
 * @param {string} text
 * @param {number} most
 */
function excess(text, most) {
  const kept = text.trim();
  return most && kept.length > most ? Math.max(0, [...kept].length - most) : 0;
}

/** @param {HTMLElement} box */
function grow(box) {
  box.style.height = "auto";
  const style = getComputedStyle(box);
  const edges = box.offsetHeight - box.clientHeight;
  const most = parseFloat(style.lineHeight) * MOST_LINES + parseFloat(style.paddingBlockStart) * 2;
  box.style.height = `${Math.min(box.scrollHeight, most) + edges}px`;
}
