/** Below the thread: who has waited long is asked for an address; and, where nobody is here, where an answer goes. */

import { html, useElement, useLayoutEffect, useState } from "../lib.js";
import { t } from "../i18n.js";
import { keepInSight } from "../in_sight.js";
import { presence } from "../visitor/presence.js";
import { ContactForm } from "./form.js";
import { useAsItStands } from "./standing.js";
import { useAsking, waitingSince } from "./waiting.js";

/** @import { Ref } from "../types.d.ts" */
/** @import { Visit } from "../visitor/visit.js" */

const GAP = "\0"; // where the address goes, which stands on one line if it can

/** @param {{ visit: Visit }} props */
export function Card({ visit }) {
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  const { contact, conversation, me } = visit;
  const asks = useAsking(visit);
  const [changes, change] = useState(false);
  const [given, give] = useState(false); // on this page
  const [text, type] = useState("");
  const waits = waitingSince(conversation.history.entries.value, me.uid) > 0;
  const isAsked = asks.value && !contact.value && (waits || text !== ""); // an answer takes nothing from their hands
  const opens = changes || isAsked;
  const holder = conversation.holder.value;
  const isAnybodyHere = holder ? holder.here : presence.value?.agents_online;
  const tells = Boolean(contact.value) && (given || !isAnybodyHere);
  useLayoutEffect(() => keepInSight(box.current), [opens, tells]);
  useAsItStands(visit, tells);

  const done = () => {
    /** @type {HTMLElement | null} */ (box.current?.closest(".thread"))?.focus({ preventScroll: true }); // what was pressed goes
    asks.value = false;
    change(false);
    give(true);
    type("");
  };
  if (opens) {
    return html`<section class="away" ref=${box}>
      <${ContactForm} visit=${visit} asked=${t(changes ? "away.where" : "away.ask")} takes=${changes} typed=${type} onDone=${done} />
    </section>`;
  }
  const [before, after] = t("away.goes", { address: GAP }).split(GAP);
  return (
    tells &&
    html`<p class="away-line" ref=${box}>${before}<bdi>${contact.value}</bdi>${after} <button type="button" onClick=${() => change(true)}>${t("away.change")}</button></p>`
  );
}
