/** Settings that are written by language, of which there are many, and most shops write in few. */

import { html, useElement, useRef, useState } from "../../lib.js";
import { language, t } from "../../i18n.js";
import { languages } from "../languages.js";
import { Menu } from "../../components/menu.js";
import { Icon } from "../components/icons.js";

/** @import { Content, Ref } from "../../types.d.ts" */
/** @import { Act } from "../../components/menu.js" */

const ALL = Object.keys(languages);

/** The code of the language that the console speaks. */
export const ours = ALL.find((code) => language.startsWith(code)) ?? "en";

/**
 * What is written, in the reader's language or the first there is; "" for nothing.
 * @param {Record<string, string>} written
 */
export const said = (written) => written[ours] ?? Object.values(written)[0] ?? "";

/**
 * All of them with the one of a language changed; what is nothing is left out.
 * @template T
 * @param {Record<string, T>} all
 * @param {string} code
 * @param {T} value
 * @param {(value: T) => boolean} [isNothing]
 * @returns {Record<string, T>}
 */
export function withLanguage(all, code, value, isNothing = (one) => !one) {
  const written = { ...all, [code]: value };
  const kept = ALL.filter((language) => language in written && !isNothing(written[language]));
  return Object.fromEntries(kept.map((language) => [language, written[language]]));
}

/**
 * What `each` draws, for the console's own language and those in which something is `written` (by their codes); another is
 * added by a button, and stays for as long as this is shown. What is drawn last is told so.
 * @param {{ written: string[], each: (code: string, language: string, isLast: boolean) => Content }} props
 */
export function ByLanguage({ written, each }) {
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  const shown = useRef(new Set([ours])).current;
  const [, paint] = useState(0);
  for (const code of written) shown.add(code); // whoever empties a field is not done with it
  const codes = ALL.filter((code) => shown.has(code));
  const others = ALL.filter((code) => !shown.has(code));
  /** @param {string} code */
  const add = (code) => {
    paint(shown.add(code).size);
    requestAnimationFrame(() => /** @type {HTMLElement} */ (box.current.querySelector(`.field[lang=${code}]`)).focus());
  };
  return html`<div ref=${box}>
    ${codes.map((code, n) => html`<div key=${code}>${each(code, languages[code], n === codes.length - 1)}</div>`)}
    ${
      others.length > 0 &&
      html`<${Menu} name="language" trigger=${{ class: "button" }} face=${html`<${Icon} name="plus" />${t("settings.language.add")}`}>
        ${(/** @type {Act} */ act) => others.map((code) => html`<button type="button" key=${code} class="menu-item" lang=${code} onClick=${act(() => add(code))}>${languages[code]}</button>`)}
      <//>`
    }
  </div>`;
}
