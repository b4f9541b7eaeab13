/** What is entered with the first message, judged: by us before it is sent, or by the server. */

import { t } from "../i18n.js";

/** @import { Entered, FieldName, Opening } from "../types.d.ts" */

const ADDRESS = /^[^\s@]+@[^\s@]+$/; // what is none for sure; the server knows better

/**
 * The first field that lacks what the shop asks for, and how to say so; null for none.
 * @param {Entered} entered
 * @param {Opening["form"]} [form]
 */
export function wrongOf(entered, form) {
  if (!form) return null;
  const email = entered.email.trim();
  /** @type {[FieldName, boolean][]} */
  const judged = [
    ["name", form.name === "required" && !entered.name.trim()],
    ["email", (form.email !== "no" || entered.mail) && (email ? !ADDRESS.test(email) : form.email === "required")],
    ["choice", Boolean(form.choice?.required) && !entered.choice],
    ["consent", form.consent !== "" && !entered.consent],
  ];
  const field = judged.find(([, wrong]) => wrong)?.[0];
  return field ? { field, words: wordsFor(field) } : null;
}

/**
 * A refusal of the server, of one of the fields that are asked for or not.
 * @param {string | undefined} field
 * @param {string} words Its own.
 * @param {Entered} entered
 * @param {Opening["form"]} [form]
 */
export const refusalOf = (field, words, { mail }, form) =>
  isField(field) && form?.[field] && (mail || form[field] !== "no") ? { field, words: wordsFor(field) } : { words };

/** @param {FieldName} field */
function wordsFor(field) {
  if (field === "name") return t("form.name.wrong");
  if (field === "email") return t("form.email.wrong");
  return t(field === "choice" ? "form.choice.wrong" : "form.consent.wrong");
}

/**
 * As `POST /login/widget` takes it: what is empty, or known not to be asked for, is left out.
 * @param {Entered} entered
 * @param {Opening["form"]} [form]
 */
export function body({ name, email, choice, consent, mail }, form) {
  return {
    name: form?.name === "no" ? undefined : name.trim() || undefined,
    email: form?.email === "no" && !mail ? undefined : email.trim() || undefined,
    mail: mail || undefined,
    fields: {
      choice: form?.choice === null ? undefined : choice || undefined,
      consent: form?.consent === "" ? undefined : consent || undefined,
    },
  };
}

/**
 * @param {string | undefined} text
 * @returns {text is FieldName}
 */
const isField = (text) => text === "name" || text === "email" || text === "choice" || text === "consent";
