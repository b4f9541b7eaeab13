/** The home screen: everybody who is here, those who wait first. One tab stop; arrows walk the rows. */

import { html, useEffect, useElement, useLayoutEffect, useRef } from "../../lib.js";
import { t, plural } from "../../i18n.js";
import { SHOWN } from "../frozen.js";
import { Views } from "./views.js";
import { VisitorRow } from "./visitor_row.js";

/** @import { Ref, ShownGroups } from "../../types.d.ts" */
/** @import { Desk } from "../desk.js" */

/** @param {{ desk: Desk }} props */
export function VisitorList({ desk }) {
  /** @type {Ref<HTMLElement>} */
  const list = useElement();
  const { roster, listing } = desk;
  const { order } = listing;
  const groups = order.shown.value;
  const here = listing.here.value;
  const stop = groupsHave(groups, desk.selected.value) ? desk.selected.value : SHOWN.flatMap((name) => groups[name])[0];
  useEffect(() => desk.focuses("list", () => focusOn(list.current?.querySelector("[tabindex='0']"))), [desk]);
  const focused = useRef(""); // the uid of the row that has the focus
  useLayoutEffect(() => {
    // a row that moved to another group was painted anew, without the focus it had
    if (!focused.current || (document.activeElement ?? document.body) !== document.body) return;
    focusOn(list.current.querySelector(`[data-uid="${focused.current}"] .visitor-row-button`));
  });
  /** @param {FocusEvent & { target: Element }} event */
  const hold = ({ target }) => (focused.current = target.closest("[data-uid]")?.getAttribute("data-uid") ?? "");
  /** @param {FocusEvent & { target: Element }} event */
  const drop = ({ target }) => queueMicrotask(() => target.isConnected && (focused.current = ""));
  return html`<nav class="visitors" aria-label=${t("list.label")} aria-busy=${!roster.loaded.value}>
    <header class="visitors-head">
      <h2>${t("list.title")}</h2>
      <p>${!roster.loaded.value ? "" : roster.state.value === "lost" && desk.lost.value ? t("list.stale") : here ? plural("list.here", here) : t("list.here.none")}</p>
      <${Views} desk=${desk} />
      ${order.behind.value && html`<button type="button" class="visitors-behind" onClick=${order.thaw}>${t("list.changed")}</button>`}
    </header>
    <div
      class="visitors-scroll"
      ref=${list}
      onPointerEnter=${order.enter}
      onPointerMove=${order.move}
      onPointerLeave=${order.leave}
      onKeyDown=${walk}
      onFocusIn=${hold}
      onFocusOut=${drop}
    >
      ${!roster.loaded.value && html`<${Skeleton} />`}
      ${roster.loaded.value && !stop && html`<${Nobody} desk=${desk} />`}
      ${SHOWN.map((name) => groups[name].length > 0 && html`<${Group} key=${name} name=${name} uids=${groups[name]} desk=${desk} stop=${stop} />`)}
    </div>
  </nav>`;
}

/** @param {{ name: string, uids: string[], desk: Desk, stop?: string | null }} props */
function Group({ name, uids, desk, stop }) {
  return html`<section class="visitors-group" data-group=${name} aria-labelledby=${`group-${name}`}>
    <h3 id=${`group-${name}`}>${t(`group.${name}`)} <span class="count">${uids.length}</span></h3>
    <ul>
      ${uids.map((uid) => html`<${VisitorRow} key=${uid} uid=${uid} desk=${desk} stop=${uid === stop} />`)}
    </ul>
  </section>`;
}

/** @param {{ desk: Desk }} props */
function Nobody({ desk }) {
  if (desk.listing.view.value !== "all") {
    return html`<div class="visitors-empty">
      <p>${t("list.none")}</p>
      <button type="button" class="button" onClick=${() => (desk.listing.view.value = "all")}>${t("list.showAll")}</button>
    </div>`;
  }
  return html`<div class="visitors-empty">
    <p>${t("list.empty")}</p>
    <p>${t("list.empty.hint")}</p>
    <a href="/" target="_blank" rel="noopener">${t("list.empty.link")}</a>
  </div>`;
}

function Skeleton() {
  return html`<div class="visitors-skeleton" role="status" aria-label=${t("list.loading")}>
    ${[1, 2, 3, 4, 5, 6].map((n) => html`<div key=${n}><i></i><b></b><b></b></div>`)}
  </div>`;
}

/** @param {Element | null | undefined} row */
const focusOn = (row) => row instanceof HTMLElement && row.focus();

/**
 * @param {ShownGroups} groups
 * @param {string | null} uid
 */
const groupsHave = (groups, uid) => uid && SHOWN.some((name) => groups[name].includes(uid));

/** @type {Record<string, number>} */
const STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/** @param {KeyboardEvent & { currentTarget: HTMLElement }} event */
function walk(event) {
  const step = STEPS[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = [...event.currentTarget.querySelectorAll(".visitor-row-button")];
  const at = rows.findIndex((row) => row === document.activeElement);
  focusOn(rows[Math.max(0, Math.min(rows.length - 1, at + step))]);
  event.preventDefault();
}
