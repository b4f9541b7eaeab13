/** A new password: written, or suggested and shown once. */

import { html, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { Field } from "./controls.js";

// No letters that are taken for each other; 20 of these are 98 bits.
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
const PASSWORD_LENGTH = 20;
const GROUP_LENGTH = 5;
/** As the server asks. */
export const SHORTEST_PASSWORD = 10;

/** A password nobody can guess, in groups that can be read aloud. */
export function suggestion() {
  const few = 256 - (256 % LETTERS.length); // above it some letters would come more often
  const letters = [];
  while (letters.length < PASSWORD_LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(PASSWORD_LENGTH))) {
      if (byte < few && letters.length < PASSWORD_LENGTH) letters.push(LETTERS[byte % LETTERS.length]);
    }
  }
  return letters.join("").replace(new RegExp(`.{${GROUP_LENGTH}}(?=.)`, "g"), "$&-");
}

/** @param {{ value: string, onChange: (value: string) => void, trouble: string, label?: string }} props */
export function Password({ value, onChange, trouble, label = t("settings.password") }) {
  const [bare, show] = useState(false);
  const suggest = () => (onChange(suggestion()), show(true));
  return html`<${Field}
    label=${label}
    hint=${t(bare ? "settings.password.once" : "settings.password.hint")}
    trouble=${trouble}
    control=${(tied) => html`<span class="settings-password">
      <input class="field" ...${tied} type=${bare ? "text" : "password"} value=${value} onInput=${(event) => onChange(event.currentTarget.value)} autocomplete="new-password" maxlength="1024" spellcheck=${false} />
      <button type="button" class="button" onClick=${suggest}>${t("settings.password.suggest")}</button>
    </span>`}
  />`;
}
