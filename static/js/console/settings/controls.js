/** What the sections of the settings are made of. */

import { html, useId, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { codeOf } from "../../api.js";
import { Dialog } from "../components/dialog.js";

/** @import { Content, Key } from "../../types.d.ts" */
/** @import { Form } from "./form.js" */

/** What ties a control to its label, its hint and its trouble. @typedef {Record<string, string | undefined>} Attributes */
/** A question: its title, what is at stake, what the button does. @typedef {{ title: string, text: string, does: string, run: () => unknown }} Asked */

/** @param {{ name: string, title: string, lead?: string, children: Content }} props */
export function Section({ name, title, lead, children }) {
  return html`<section class="settings-section" aria-labelledby=${`settings-${name}`}>
    <h3 id=${`settings-${name}`}>${title}</h3>
    ${lead && html`<p class="quiet">${lead}</p>`}
    ${children}
  </section>`;
}

/**
 * A labelled control: `control(attributes)` draws it, with what ties it to its hint and its trouble.
 * @param {{ label: string, hint?: string, trouble?: string, control: (attributes: Attributes) => Content }} props
 */
export function Field({ label, hint, trouble, control }) {
  const id = useId();
  const described = [hint && `${id}-hint`, trouble && `${id}-trouble`].filter(Boolean).join(" ");
  return html`<div class="settings-field">
    <label for=${id}>${label}</label>
    ${control({ id, "aria-describedby": described || undefined, "aria-invalid": trouble ? "true" : undefined })}
    ${hint && html`<p id=${`${id}-hint`} class="settings-hint">${hint}</p>`}
    <p id=${`${id}-trouble`} class="trouble" role="alert">${trouble}</p>
  </div>`;
}

/** One of a few, to be looked at. @param {{ label: string, chosen: string, all: [name: string, words: string][], onChoose: (name: any) => void }} props */
export function Segments({ label, chosen, all, onChoose }) {
  return html`<span class="segments" role="group" aria-label=${label}>
    ${all.map(([name, words]) => html`<button key=${name} type="button" aria-pressed=${name === chosen} onClick=${() => onChoose(name)}>${words}</button>`)}
  </span>`;
}

/**
 * The foot of a form over settings: Save, what became of it, and who was faster; `theirs` shows what they decided, where it
 * is not made of words.
 * @param {{ form: Form, codes?: string[], theirs?: Content, children?: Content }} props
 */
export function Foot({ form, codes = [], theirs, children }) {
  const outcome = form.outcome.value;
  const dirty = form.dirty;
  const rival = form.rival.value;
  const own = outcome?.trouble && !codes.includes(outcome.code ?? "") && !rival;
  return html`${
    rival &&
    html`<div class="settings-rival" role="alert">
      <p>${t("settings.rival", { name: rival.name || t("settings.somebody") })}</p>
      ${theirs ?? rival.words.map((words) => html`<blockquote dir="auto">${words}</blockquote>`)}
      <button type="button" class="button" onClick=${form.keepMine}>${t("settings.keepMine")}</button>
      <button type="button" class="button" onClick=${form.takeTheirs}>${t("settings.takeTheirs")}</button>
    </div>`
  }
    <div class="settings-foot">
      <button class="button button-main" aria-disabled=${form.busy.value || !dirty || Boolean(rival)}>${t(form.busy.value ? "settings.saving" : "settings.save")}</button>
      ${children}
      <span class="settings-state" role="status">${outcome?.saved ? t("settings.saved") : dirty ? t("settings.unsaved") : ""}</span>
    </div>
    ${own && html`<p class="trouble" role="alert">${outcome.trouble}</p>`}`;
}

/**
 * The sentence of the last refusal, if it is about one of these codes.
 * @param {Form} form
 * @param {string[]} codes
 */
export const troubleOf = (form, ...codes) =>
  codes.includes(form.outcome.value?.code ?? "") ? form.outcome.value?.trouble : "";

/**
 * For `onSubmit`: saves what is written, unless there is nothing to save or somebody was faster.
 * @param {Form} form
 * @returns {(event: Event) => void}
 */
export const submit = (form) => (event) => {
  event.preventDefault();
  if (form.dirty && !form.rival.peek()) form.save();
};

/**
 * Asks before what cannot be undone: `[ask, dialog]`, where `ask({title, text, does, run})` opens it.
 * @returns {[ask: (asked: Asked) => void, dialog: Content]}
 */
export function useAsked() {
  const [asked, set] = useState(/** @type {Asked | null} */ (null));
  const close = () => set(null);
  const dialog =
    asked &&
    html`<${Dialog} name="asked" title=${asked.title} onClose=${close}>
      <p class="dialog-note">${asked.text}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick=${close}>${t("transfer.cancel")}</button>
        <button type="button" class="button button-alarm" onClick=${() => (close(), asked.run())}>${asked.does}</button>
      </div>
    <//>`;
  return [set, dialog];
}

/** @type {Record<string, Key>} */
const LOCAL_TROUBLES = {
  bad_nickname: "settings.team.name.short",
  weak_password: "settings.password.short",
  wrong_password: "settings.you.missing",
  bad_form: "settings.email.missing",
}; // seen without the server

/**
 * `[save(code), trouble(...codes), busy]`: `code` is what is wrong already; trouble of no code is all the rest.
 * @param {() => Promise<void>} run
 * @returns {[save: (code: string) => Promise<void>, trouble: (...codes: string[]) => string, busy: boolean]}
 */
export function useSaving(run) {
  const [trouble, set] = useState(/** @type {{ code?: string, words: string } | null} */ (null));
  const [busy, setBusy] = useState(false);
  const known = ["bad_nickname", "nickname_taken", "weak_password", "wrong_password", "bad_form"];
  /** @param {string} code */
  const save = async (code) => {
    if (busy) return;
    if (code) return void set({ code, words: t(LOCAL_TROUBLES[code]) });
    set(null);
    setBusy(true);
    try {
      await run();
    } catch (error) {
      set({ code: codeOf(error), words: reason(error) });
    } finally {
      setBusy(false);
    }
  };
  /** @param {string[]} codes */
  const about = (...codes) =>
    trouble && (codes.length ? codes.includes(trouble.code ?? "") : !known.includes(trouble.code ?? ""))
      ? trouble.words
      : "";
  return [save, about, busy];
}
