/** A visitor's earlier conversations; each leads to the place where it began. */

import { html, useEffect, useState } from "../../lib.js";
import { plural, t } from "../../i18n.js";
import { get } from "../../api.js";
import { moment } from "../../time.js";

/** @import { Episode, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const SHOWN_COUNT = 5; // more on request
const COUNT_DELAY_MS = 2_000; // what was just resolved is among them by then

/** @param {{ workspace: Workspace, item: Visitor }} props */
export function Past({ workspace, item }) {
  const { uid, status } = item;
  const [episodes, set] = useState(/** @type {Episode[]} */ ([]));
  const [all, showAll] = useState(false);
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
  }, [uid, status]);
  /** @param {number} seq */
  const open = (seq) => {
    workspace.drawer.value = false; // it would lie over what is to be read
    workspace.lookup.jump(uid, seq);
  };
  if (!episodes.length) return null;
  return html`<section class="past" aria-labelledby="past">
    <h3 id="past">${t("past.title")}</h3>
    <ul>
      ${episodes.slice(0, all ? undefined : SHOWN_COUNT).map(
        (one) => html`<li key=${one.begun}>
          <button type="button" onClick=${() => open(one.first)}>
            <span>${moment(one.begun)}</span>
            <small>${one.by.nickname && html`<bdi>${one.by.nickname}</bdi> · `}${plural("past.messages", one.messages)}</small>
          </button>
        </li>`,
      )}
    </ul>
    ${!all && episodes.length > SHOWN_COUNT && html`<button type="button" class="past-more" onClick=${() => showAll(true)}>${plural("past.more", episodes.length - SHOWN_COUNT)}</button>`}
  </section>`;
}
