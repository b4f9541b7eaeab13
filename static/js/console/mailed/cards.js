/** What a mailed link does, as a card in the place of the log-in; and the card on which who forgot asks for one. */

import { html, useEffect, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { codeOf, post } from "../../api.js";
import { Card, Submit, useTrying } from "./card.js";
import { Confirming } from "./confirming.js";
import { Entering } from "./entering.js";

/** @import { Key, Me } from "../../types.d.ts" */
/** @import { Purpose } from "./link.js" */

/** What a link is for, and whose. @typedef {{ purpose: Purpose, nickname: string, email: string }} Meant */
/** @typedef {{ link: { purpose: Purpose, secret: string }, onDone: (me: Me) => void, onClose: () => void }} Props */

/** What else there is for who comes by a link that is over. @type {Record<Purpose, Key>} */
const INSTEAD = { join: "mailed.over.join", help: "mailed.over.help", confirm: "mailed.over.confirm" };

/** @param {Props} props */
export function Arriving({ link, onDone, onClose }) {
  const [meant, set] = useState(/** @type {Meant | null} */ (null));
  const [failed, fail] = useState(/** @type {unknown} */ (null));
  const look = () => {
    fail(null);
    post("/login/mailed/look", { secret: link.secret }).then(set, fail);
  };
  useEffect(look, []);
  /** It was used meanwhile, elsewhere. @param {unknown} error */
  const isOver = (error) => codeOf(error) === "link_over";
  if (isOver(failed) && link.purpose === "help") return html`<${Forgot} over=${true} onClose=${onClose} />`;
  if (isOver(failed))
    return html`<${Card} title=${t("mailed.over")} lead=${t(INSTEAD[link.purpose])} onClose=${onClose} />`;
  if (failed)
    return html`<${Card} title=${t("mailed.title")} lead=${reason(failed)} onClose=${onClose} onSubmit=${look}><${Submit} words="case.again" /><//>`;
  if (!meant) return html`<${Card} title=${t("mailed.title")} lead=${t("mailed.looking")} onClose=${onClose} />`;
  const Content = meant.purpose === "confirm" ? Confirming : Entering;
  return html`<${Content} secret=${link.secret} meant=${meant} onDone=${onDone} onOver=${fail} onClose=${onClose} />`;
}

/** `over`: they come by a link that was too old. @param {{ over?: boolean, onClose: () => void }} props */
export function Forgot({ over, onClose }) {
  const [email, setEmail] = useState("");
  const [sent, tell] = useState(false);
  const [attempt, trouble, busy] = useTrying(async () => {
    await post("/login/help", { email: email.trim() });
    tell(true);
  });
  if (sent)
    return html`<${Card} title=${t("forgot.sent")} lead=${t("forgot.sent.lead", { email: email.trim() })} onClose=${onClose} />`;
  return html`<${Card}
    title=${t(over ? "mailed.over" : "forgot.title")}
    lead=${t(over ? INSTEAD.help : "forgot.lead")}
    onClose=${onClose}
    onSubmit=${() => attempt(email.includes("@") ? "" : "forgot.missing")}
  >
    <label for="forgot-email">${t("forgot.email")}</label>
    <input id="forgot-email" class="field" type="email" dir="ltr" value=${email} onInput=${(/** @type {InputEvent & { currentTarget: HTMLInputElement }} */ event) => setEmail(event.currentTarget.value)} autocomplete="email" maxlength="254" aria-describedby="card-trouble" />
    <p id="card-trouble" class="trouble" role="alert">${trouble}</p>
    <${Submit} words="forgot.send" busy=${busy} />
  <//>`;
}
