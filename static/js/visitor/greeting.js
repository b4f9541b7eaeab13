/** How the shop begins, in its own words where it wrote some: a bubble, though no message; and what may be answered. */

import { html } from "../lib.js";
import { t } from "../i18n.js";
import { Avatar } from "../components/avatar.js";
import { Linked } from "../components/words.js";
import { shop } from "../shop.js";

/** @import { FieldEvent } from "../types.d.ts" */

/**
 * What it says, unless something else is said: an invite, be it an agent's.
 * @param {{ from?: string, words?: string }} props
 */
export function Greeting({ from, words }) {
  const { name, greeting, logo } = shop.value;
  const who = from ?? name;
  return html`<div class="bubble-row greeting" data-leads="true">
    <span class="bubble-face">${(who || logo) && html`<${Avatar} name=${who} face=${logo} />`}</span>
    <div class="bubble-side">
      ${who && html`<bdi class="bubble-who">${who}</bdi>`}
      <p class="greeting-words" dir="auto"><${Linked} text=${words ?? (greeting || t("chat.greeting"))} /></p>
    </div>
  </div>`;
}

/**
 * Answers that a press sends.
 * @param {{ texts: string[], onChosen: (text: string) => void }} props
 */
export function QuickAnswers({ texts, onChosen }) {
  /** @param {FieldEvent} event @param {string} text */
  const choose = ({ currentTarget }, text) => {
    /** @type {HTMLElement | null} */ (currentTarget.closest(".thread"))?.focus({ preventScroll: true }); // the button goes
    onChosen(text);
  };
  return html`<div class="quick" role="group" aria-label=${t("quick.label")}>
    ${texts.map((text) => html`<button type="button" key=${text} dir="auto" onClick=${(/** @type {FieldEvent} */ event) => choose(event, text)}>${text}</button>`)}
  </div>`;
}
