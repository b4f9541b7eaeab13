/** An address is confirmed, by a press: programs that look through mail open links too. */

import { html, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { codeOf, post } from "../../api.js";
import { Card, Submit, useTrying } from "./card.js";

/** @import { Meant } from "./cards.js" */

/** @param {{ secret: string, meant: Meant, onOver: (error: unknown) => void, onClose: () => void }} props */
export function Confirming({ secret, meant, onOver, onClose }) {
  const [done, tell] = useState(false);
  const [attempt, trouble, busy] = useTrying(
    async () => {
      await post("/login/confirm", { secret });
      tell(true);
    },
    (error) => codeOf(error) === "link_over" && (onOver(error), true),
  );
  const { email, nickname: name } = meant;
  if (done)
    return html`<${Card} title=${t("mailed.confirmed")} lead=${t("mailed.confirmed.lead", { email, name })} back="mailed.console" onClose=${onClose} />`;
  return html`<${Card} title=${t("mailed.confirm")} lead=${t("mailed.confirm.lead", { email, name })} back="mailed.later" onClose=${onClose} onSubmit=${() => attempt("")}>
    <p class="trouble" role="alert">${trouble}</p>
    <${Submit} words="mailed.confirm.do" busy=${busy} />
  <//>`;
}
