/** A word to somebody who browses: written, on its way, shown, answered. */

import { html, useElement, useEffect, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { post } from "../../api.js";
import { Face, faceOf } from "../../components/avatar.js";
import { isComposing } from "../../composing.js";
import { ago } from "../clock.js";

/** @import { FieldEvent, Onlooker, Named, Ref } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const LONGEST_GREETING = 500; // characters, as far as the server takes it

/** @param {{ workspace: Workspace, item: Onlooker }} props */
export function Greeting({ workspace, item }) {
  const { gone, invited, quiet, uid } = item;
  if (!invited) {
    if (gone) return html`<${Over} workspace=${workspace} uid=${uid} />`;
    return quiet ? html`<p>${t("greeting.quiet")}</p>` : html`<${Write} workspace=${workspace} item=${item} />`;
  }
  const { by, text, at, shown } = invited;
  const mine = by.uid === workspace.me.uid;
  const done = t(mine ? "greeting.mine" : "greeting.theirs", { name: by.nickname, time: ago(at) });
  return html`<section class="greeting" aria-label=${t("greeting.title")}>
    <${Card} text=${text} by=${by} />
    <p class="quiet" role="status">${done} ${!gone && t(shown ? "greeting.shown" : quiet ? "greeting.quiet" : "greeting.coming")}</p>
    ${gone && html`<${Over} workspace=${workspace} uid=${uid} />`}
  </section>`;
}

/** What became of them. @param {{ workspace: Workspace, uid?: string }} props */
function Over({ workspace, uid }) {
  return uid
    ? html`<div class="greeting-over"><p role="status">${t("greeting.wrote")}</p><button type="button" class="button button-main" onClick=${() => workspace.lookup.visit(uid)}>${t("greeting.open")}</button></div>`
    : html`<p role="status">${t("greeting.gone")}</p>`;
}

/** As it stands on their page, beside the button. @param {{ text: string, by: Named }} props */
function Card({ text, by }) {
  return html`<figure class="greeting-card">
    <figcaption class="quiet">${t("greeting.card")}</figcaption>
    <blockquote>
      <b><${Face} id=${faceOf(by.uid)} class="visitor-row-agent" /><bdi>${by.nickname}</bdi></b>
      <p dir="auto">${text}</p>
    </blockquote>
  </figure>`;
}

/** @param {{ workspace: Workspace, item: Onlooker }} props */
function Write({ workspace, item }) {
  const draft = workspace.browsing.draft(item.id);
  const text = draft.value.trim();
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  /** @type {Ref<HTMLTextAreaElement>} */
  const field = useElement();
  useEffect(() => workspace.focuses("composer", () => field.current?.focus()), [workspace]);
  /** @param {Event} event */
  const send = async (event) => {
    event.preventDefault();
    if (busy || !text || workspace.lost.peek()) return;
    setBusy(true);
    setTrouble("");
    try {
      await post(`/v1/browsing/${encodeURIComponent(item.id)}/invite?as=agent`, { text });
      draft.value = "";
      workspace.focus("case"); // the field goes, once the stream tells of it
    } catch (error) {
      setTrouble(reason(error));
    } finally {
      setBusy(false);
    }
  };
  /** @param {KeyboardEvent} event */
  const press = (event) => event.key === "Enter" && !event.shiftKey && !isComposing(event) && send(event);
  const { uid, nickname } = workspace.me;
  const why = workspace.lost.value ? t("why.lost") : undefined;
  return html`<form class="greeting" onSubmit=${send} aria-label=${t("greeting.title")}>
    <label for="greeting">${t("greeting.title")}</label>
    <textarea ref=${field} id="greeting" class="field" rows="2" dir="auto" maxlength=${LONGEST_GREETING} aria-describedby="greeting-hint" value=${draft.value} onInput=${(/** @type {FieldEvent} */ event) => ((draft.value = event.currentTarget.value), setTrouble(""))} onKeyDown=${press}></textarea>
    <p id="greeting-hint" class="quiet">${t("greeting.hint")}</p>
    ${text && html`<${Card} text=${text} by=${{ uid, nickname }} />`}
    <button class="button button-main" title=${why} aria-disabled=${busy || !text || Boolean(why)}>${t("greeting.send")}</button>
    <p class="trouble" role="alert">${trouble}</p>
  </form>`;
}
