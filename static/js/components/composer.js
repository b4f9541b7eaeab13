/** Where one writes: grows to six lines, Enter sends, and never while an input method is composing. */

import { html, useEffect, useLayoutEffect, useRef } from "../lib.js";
import { t } from "../i18n.js";

const LINES = 6;
const SAFARI_MS = 50; // Safari ends a composition just before the Enter that ended it

/** `draft` is a signal of the text; `onTyped(text)` follows it; `focusable(take)` is given how to take the focus. */
export function Composer({ draft, label, placeholder, onSend, onTyped, focusable }) {
  const field = useRef(null);
  const composedAt = useRef(0);
  useLayoutEffect(() => grow(field.current), [draft.value]);
  useEffect(() => focusable?.(() => field.current?.focus()), [focusable]);

  const send = () => {
    if (!draft.peek().trim()) return;
    onSend(draft.peek().trim());
    draft.value = "";
    field.current.focus();
  };
  const onKeyDown = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    if (Date.now() - composedAt.current < SAFARI_MS) return;
    event.preventDefault();
    send();
  };
  const onInput = (event) => {
    draft.value = event.currentTarget.value;
    onTyped?.(draft.value);
  };

  return html`<form class="composer" onSubmit=${(event) => (event.preventDefault(), send())}>
    <textarea
      ref=${field}
      rows="1"
      dir="auto"
      enterkeyhint="send"
      aria-label=${label}
      placeholder=${placeholder}
      value=${draft.value}
      onInput=${onInput}
      onKeyDown=${onKeyDown}
      onCompositionEnd=${() => (composedAt.current = Date.now())}
    ></textarea>
    <button class="composer-send" aria-label=${t("composer.send")} title=${t("composer.send")} disabled=${!draft.value.trim()}>
      <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M12 19V5M5.5 11.5 12 5l6.5 6.5" /></svg>
    </button>
  </form>`;
}

function grow(box) {
  box.style.height = "auto";
  const style = getComputedStyle(box);
  const edges = box.offsetHeight - box.clientHeight;
  const most = parseFloat(style.lineHeight) * LINES + parseFloat(style.paddingBlockStart) * 2;
  box.style.height = `${Math.min(box.scrollHeight, most) + edges}px`;
}
