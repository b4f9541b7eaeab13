/** A visitor's earlier conversations; each leads to the place where it began. */

import { html, useEffect, useState } from "../../lib.js";
import { plural, t } from "../../i18n.js";
import { get } from "../../api.js";
import { moment } from "../../time.js";
import { Block } from "./block.js";
import { Few } from "./few.js";
import { jump } from "./jump.js";

/** @import { Episode, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const COUNT_DELAY_MS = 2_000; // what was just resolved is among them by then

/** @param {{ workspace: Workspace, item: Visitor }} props */
export function Past({ workspace, item }) {
  const { uid, status } = item;
  const ratings = workspace.conversations.get(uid).history.entries.value.filter(({ kind }) => kind === "rated").length;
  const [episodes, set] = useState(/** @type {Episode[]} */ ([]));
  useEffect(() => {
    let over = false;
    const load = () =>
      get(`/v1/conversations/${encodeURIComponent(uid)}/episodes?as=agent`).then(
        (found) => over || set(found),
        () => {}, // what is shown stays; the next change of the conversation asks again
      );
    load();
    const timer = status === "resolved" ? setTimeout(load, COUNT_DELAY_MS) : 0;
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [uid, status, ratings]);
  if (!episodes.length) return null;
  return html`<${Block} workspace=${workspace} name="past" title=${t("past.title")}>
    <${Few} class="past" of=${episodes.map(
      (one) => html`<li key=${one.begun}>
        <button type="button" onClick=${() => jump(workspace, uid, one.first)}>
          <span>${moment(one.begun)}</span>
          <small>${one.by.nickname && html`<bdi>${one.by.nickname}</bdi> · `}${plural("past.messages", one.messages)}</small>
          ${one.rating && html`<${Rating} rating=${one.rating} />`}
        </button>
      </li>`,
    )} />
  <//>`;
}

/** @param {{ rating: NonNullable<Episode["rating"]> }} props */
function Rating({ rating: { good, comment } }) {
  return html`<small>${t(good ? "past.good" : "past.bad")}</small>${comment && html`<small class="few-text" dir="auto">${comment}</small>`}`;
}
