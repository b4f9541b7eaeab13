/** The home screen: everybody who is here, those who wait first. One tab stop; arrows walk the rows. */

import { html, useEffect, useElement, useLayoutEffect, useRef } from "../../lib.js";
import { t, plural } from "../../i18n.js";
import { SHOWN_GROUPS } from "../frozen_order.js";
import { owedSince } from "../groups.js";
import { siteless } from "../siteless.js";
import { BrowsingRow } from "./browsing_row.js";
import { DeskLine } from "./desk_line.js";
import { Views } from "./views.js";
import { VisitorRow } from "./visitor_row.js";

/** @import { Content, Key, Ref, ShownGroups, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace }} props */
export function VisitorList({ workspace }) {
  /** @type {Ref<HTMLElement>} */
  const list = useElement();
  const { liveList, listing } = workspace;
  const { order } = listing;
  const groups = order.shown.value;
  const here = listing.here.value;
  const browsing = workspace.browsing.keys.value.length;
  const stop = groupsHave(groups, workspace.selected.value)
    ? workspace.selected.value
    : SHOWN_GROUPS.flatMap((name) => groups[name])[0];
  useEffect(() => workspace.focuses("list", () => focusOn(list.current?.querySelector("[tabindex='0']"))), [workspace]);
  // Not when the row moves: whoever was resolved goes to the end, and those who wait stay in sight.
  useEffect(
    () => list.current.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" }),
    [workspace.selected.value, liveList.loaded.value],
  );
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
  return html`<nav class="visitors" aria-label=${t("list.label")} aria-busy=${!liveList.loaded.value}>
    <header class="visitors-head">
      <h2>${t("list.title")}</h2>
      <p>${!liveList.loaded.value ? "" : liveList.state.value === "lost" && workspace.lost.value ? t("list.stale") : here ? plural("list.here", here) : browsing ? plural("list.browsing", browsing) : t("list.here.none")}</p>
      <${DeskLine} workspace=${workspace} />
      <${Views} workspace=${workspace} />
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
      ${!liveList.loaded.value && html`<${Skeleton} />`}
      ${liveList.loaded.value && !stop && html`<${Nobody} workspace=${workspace} />`}
      ${SHOWN_GROUPS.map((name) => groups[name].length > 0 && html`<${Group} key=${name} name=${name} uids=${groups[name]} workspace=${workspace} stop=${stop} />`)}
    </div>
  </nav>`;
}

/** @type {Record<keyof ShownGroups, Key>} */
const GROUP_WORDS = {
  mine: "group.mine",
  waiting: "group.waiting",
  held: "group.held",
  here: "group.here",
  browsing: "group.browsing",
  snoozed: "group.snoozed",
  left: "group.left",
  fresh: "group.fresh",
};

/** @param {{ name: keyof ShownGroups, uids: string[], workspace: Workspace, stop?: string | null }} props */
function Group({ name, uids, workspace, stop }) {
  const { folded, foldedBrowsing, unfolded } = workspace.listing;
  if (name === "browsing") {
    const away = new Set(foldedBrowsing.value);
    return html`<${Titled} name=${name} count=${uids.length}>
      <ul>
        ${uids.map((key) => !away.has(key) && html`<${BrowsingRow} key=${key} of=${key} workspace=${workspace} stop=${key === stop} />`)}
      </ul>
      ${away.size > 0 && html`<button type="button" class="visitors-more" onClick=${workspace.listing.unfoldBrowsing}>${plural("list.browsing.more", away.size)}</button>`}
    <//>`;
  }
  const away = name === "mine" ? folded.value : [];
  const shown = unfolded.value ? uids : uids.filter((uid) => !away.includes(uid));
  return html`<${Titled} name=${name} count=${uids.length}>
    <ul>
      ${shown.map((uid) => html`<${VisitorRow} key=${uid} uid=${uid} workspace=${workspace} stop=${uid === stop} />`)}
    </ul>
    ${away.length > 0 && html`<${More} workspace=${workspace} uids=${away} />`}
  <//>`;
}

/** @param {{ name: keyof ShownGroups, count: number, children: Content }} props */
function Titled({ name, count, children }) {
  return html`<section class="visitors-group" data-group=${name} aria-labelledby=${`group-${name}`}>
    <h3 id=${`group-${name}`}>${t(GROUP_WORDS[name])} <span class="count">${count}</span></h3>
    ${children}
  </section>`;
}

/** What is folded away of ours, so that those who wait are in sight. @param {{ workspace: Workspace, uids: string[] }} props */
function More({ workspace, uids }) {
  const { unfolded } = workspace.listing;
  const owed = uids.filter((uid) => owedSince(/** @type {Visitor} */ (workspace.liveList.row(uid)?.peek()))).length;
  return html`<button type="button" class="visitors-more" aria-expanded=${unfolded.value} onClick=${() => (unfolded.value = !unfolded.value)}>
    ${unfolded.value ? t("list.fewer") : plural("list.more", uids.length)}
    ${!unfolded.value && owed > 0 && html`<span>${plural("list.more.owed", owed)}</span>`}
  </button>`;
}

/** @param {{ workspace: Workspace }} props */
function Nobody({ workspace }) {
  if (workspace.listing.view.value !== "all") {
    return html`<div class="visitors-empty">
      <p>${t("list.none")}</p>
      <button type="button" class="button" onClick=${() => (workspace.listing.view.value = "all")}>${t("list.showAll")}</button>
    </div>`;
  }
  return html`<div class="visitors-empty">
    <p>${t("list.empty")}</p>
    <p>${t("list.empty.hint")}</p>
    <a href="/" target="_blank" rel="noopener">${t("list.empty.link")}</a>
    ${siteless.value && workspace.isBoss() && html`<button type="button" class="button" onClick=${() => workspace.go("site")}>${t("rail.site")}</button>`}
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
const groupsHave = (groups, uid) => uid && SHOWN_GROUPS.some((name) => groups[name].includes(uid));

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
