/** How the shop begins, in its own words where it wrote some: a bubble, though no message. */

import { html } from "../lib.js";
import { t } from "../i18n.js";
import { Avatar } from "../components/avatar.js";
import { Linked } from "../components/words.js";
import { shop } from "../shop.js";

/** @param {{ name: string }} props The visitor's. */
export function Greeting({ name }) {
  const { name: from, greeting } = shop.value;
  return html`<div class="bubble-row greeting" data-leads="true">
    <span class="bubble-face">${from && html`<${Avatar} name=${from} />`}</span>
    <div class="bubble-side">
      ${from && html`<bdi class="bubble-who">${from}</bdi>`}
      <p class="greeting-words" dir="auto"><${Linked} text=${greeting || t("chat.greeting", { name })} /></p>
    </div>
  </div>`;
}
