/** What is about to be quoted, above the field in which it is answered. */

import { html, signal, useElement, useId, useLayoutEffect } from "../lib.js";
import { t } from "../i18n.js";
import { isComposing } from "../composing.js";

/** @import { Ref, Signal } from "../types.d.ts" */

/** `who` said it, and `line` is what. @typedef {{ seq: number, who: string, line: string }} Quote */

/** @type {WeakMap<Signal<string>, Signal<Quote | null>>} */
const quotes = new WeakMap();

/** What a draft quotes. @param {Signal<string>} draft */
export function quoteOf(draft) {
  const quote = quotes.get(draft) ?? signal(/** @type {Quote | null} */ (null));
  quotes.set(draft, quote);
  return quote;
}

/** @param {{ draft: Signal<string> }} props */
export function Tray({ draft }) {
  const quote = quoteOf(draft);
  return quote.value && html`<${Chosen} quote=${quote.value} drop=${() => (quote.value = null)} />`;
}

/** The field has the focus then, and Escape there gives the quote up. @param {{ quote: Quote, drop: () => void }} props */
function Chosen({ quote: { seq, who, line }, drop }) {
  const id = useId();
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  useLayoutEffect(() => {
    const form = box.current.closest("form");
    const field = form?.querySelector("textarea");
    /** @param {KeyboardEvent} event */
    const press = (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || isComposing(event)) return;
      event.stopPropagation();
      drop();
    };
    form?.addEventListener("keydown", press);
    field?.setAttribute("aria-describedby", id);
    field?.focus();
    return () => {
      form?.removeEventListener("keydown", press);
      field?.removeAttribute("aria-describedby");
    };
  }, [seq]);
  const give = () => {
    box.current.closest("form")?.querySelector("textarea")?.focus();
    drop();
  };
  return html`<div ref=${box} class="quote-tray">
    <p class="quote" id=${id}><bdi>${who}</bdi><span dir="auto">${line}</span></p>
    <button type="button" class="composer-tool" aria-label=${t("quote.drop")} title=${t("quote.drop")} onClick=${give}>
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18" /></svg>
    </button>
  </div>`;
}
