/** A card in the place of the log-in, with a way back there; and trying what it is for. */

import { html, useElement, useLayoutEffect, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";

/** @import { Content, Key, Ref } from "../../types.d.ts" */

/** `back`: what leads away from it. @param {{ title: string, lead: string, back?: Key, onClose: () => void, onSubmit?: () => void, children?: Content }} props */
export function Card({ title, lead, back = "mailed.back", onClose, onSubmit, children }) {
  /** @type {Ref<HTMLFormElement>} */
  const form = useElement();
  useLayoutEffect(() => {
    // another card in the same place is announced, and begins with what it asks
    const { elements } = form.current;
    const asked = [...elements].find((one) => one instanceof HTMLInputElement && !one.hidden);
    /** @type {HTMLElement | null} */ (asked ?? form.current.querySelector("h1"))?.focus();
  }, [title]);
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    onSubmit?.();
  };
  return html`<form ref=${form} class="card" onSubmit=${submit} novalidate>
    <span class="login-mark" aria-hidden="true"><i></i><i></i></span>
    <h1 tabindex="-1">${title}</h1>
    <p class="quiet" role="status">${lead}</p>
    ${children}
    <button type="button" class="button login-away" onClick=${onClose}>${t(back)}</button>
  </form>`;
}

/** @param {{ words: Key, busy?: boolean }} props */
export const Submit = ({ words, busy }) =>
  html`<button class="button button-main" aria-disabled=${busy}>${t(busy ? "mailed.busy" : words)}</button>`;

/**
 * `[attempt(missing), trouble, busy]`: `run` is tried unless something is `missing`, a key that says what; one at a time.
 * @template {unknown[]} Args
 * @param {(...args: Args) => Promise<void>} run
 * @param {(error: unknown) => boolean} [heard] Whether what went wrong is said elsewhere.
 * @returns {[attempt: (missing: Key | "", ...args: Args) => Promise<void>, trouble: string, busy: boolean]}
 */
export function useTrying(run, heard = () => false) {
  const [trouble, say] = useState("");
  const [busy, setBusy] = useState(false);
  /** @type {(missing: Key | "", ...args: Args) => Promise<void>} */
  const attempt = async (missing, ...args) => {
    if (busy) return;
    if (missing) return void say(t(missing));
    say("");
    setBusy(true);
    try {
      await run(...args);
    } catch (error) {
      if (!heard(error)) say(reason(error));
    } finally {
      setBusy(false);
    }
  };
  return [attempt, trouble, busy];
}
