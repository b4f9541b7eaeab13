/** What a search has found: people, then messages, newest first; a press leads to the message in its conversation. */

import { html, useEffect, useId, useRef, useState } from "../../lib.js";
import { plural, reason, t } from "../../i18n.js";
import { call } from "../../api.js";
import { linked } from "../../components/words.js";
import { linksOf } from "../../links.js";
import { moment } from "../../time.js";
import { called } from "../called.js";
import { Mark } from "../components/mark.js";
import { People } from "./people.js";

/** @import { FoundPeople, Hit } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @type {FoundPeople} */
const NOBODY = { value: [], more: false, cursor: "" };
const INDEX_DELAY_MS = 3_000; // the index follows what is said within a moment
const EXCERPT_LENGTH = 200; // characters: as many of a longer message the server shows

/** @param {{ workspace: Workspace, query: string }} props */
export function Results({ workspace, query }) {
  const [found, set] = useState({ hits: /** @type {Hit[]} */ ([]), cursor: "", behind: 0, people: NOBODY });
  const [state, setState] = useState("loading"); // or "ready", or a sentence that says what went wrong
  const gone = useRef(false);
  const pages = useRef(0);
  /**
   * @param {string} cursor
   * @param {{ quietly?: boolean }} [how]
   */
  const load = async (cursor, { quietly = false } = {}) => {
    if (!quietly) setState("loading");
    try {
      const asked = new URLSearchParams({ as: "agent", q: query, cursor });
      const page = await call("GET", `/v1/search?${asked}`);
      if (gone.current || (quietly && pages.current > 1)) return; // other words are sought by now, or more of them is shown
      if (cursor) pages.current++;
      else pages.current = 1;
      set((before) => ({
        hits: cursor ? [...before.hits, ...page.value] : page.value,
        cursor: page.more ? page.cursor : "",
        behind: page.behind,
        people: page.people ?? before.people, // beside the first page alone
      }));
      setState("ready");
    } catch (error) {
      if (!gone.current && !quietly) setState(reason(error));
    }
  };
  useEffect(() => {
    load("");
    // what is said meanwhile joins the first page; further pages stand still while they are read
    const timer = setInterval(
      () => pages.current === 1 && !document.hidden && load("", { quietly: true }),
      INDEX_DELAY_MS,
    );
    return () => {
      gone.current = true;
      clearInterval(timer);
    };
  }, []);
  const { hits, cursor, behind, people } = found;
  const trouble = state !== "loading" && state !== "ready";
  return html`<${People} workspace=${workspace} query=${query} first=${people} />
    ${people.value.length > 0 && html`<h3 class="find-group">${t("find.messages")}</h3>`}
    <p class="find-said quiet" role="status">${state === "loading" ? t("find.seeking") : state === "ready" && said(found)}</p>
    ${trouble && html`<p class="trouble" role="alert">${state}</p>`}
    ${state === "ready" && behind > 0 && html`<p class="quiet">${t("find.behind")}</p>`}
    <ol class="hits" aria-busy=${state === "loading"}>
      ${hits.map((hit) => html`<li key=${`${hit.conversation} ${hit.seq}`}><${Hit} workspace=${workspace} hit=${hit} /></li>`)}
    </ol>
    ${state === "ready" && cursor && html`<button type="button" class="button" onClick=${() => load(cursor)}>${t("find.further")}</button>`}`;
}

/** @param {{ hits: Hit[], cursor: string, people: FoundPeople }} found */
function said({ hits, cursor, people }) {
  if (hits.length) return plural(cursor ? "find.some" : "find.found", hits.length);
  if (cursor) return t("find.none.yet");
  return t(people.value.length ? "find.none.words" : "find.none.all");
}

/** @param {{ workspace: Workspace, hit: Hit }} props */
function Hit({ workspace, hit }) {
  const id = useId();
  const who = hit.user?.name ?? "";
  // the button lies over all of it but the links, which are to be followed
  return html`<div class="hit" data-note=${hit.kind === "note" ? "" : undefined}>
    <button type="button" class="hit-open" aria-labelledby=${`${id}-head ${id}-text`} onClick=${() => workspace.lookup.jump(hit.conversation, hit.seq)}></button>
    <span id=${`${id}-head`} class="hit-head"><span><bdi>${called(hit)}</bdi> <${Mark} item=${hit} /></span><time class="quiet" datetime=${hit.msg_time}>${moment(hit.msg_time)}</time></span>
    <span id=${`${id}-text`} class="hit-text" dir="auto">${hit.by === "agent" && html`<b><bdi>${who}</bdi>: </b>`}${linked(hit.content, wholeLinks(hit.content), hit.content.length, hit.match)}</span>
    ${hit.kind === "note" && html`<span class="quiet">${t("note.name")}</span>`}
  </div>`;
}

/**
 * Without those that reach the edge of an excerpt: they may go on beyond it, and lead elsewhere.
 * @param {string} text
 */
function wholeLinks(text) {
  const links = linksOf(text);
  return [...text].length < EXCERPT_LENGTH ? links : links.filter(({ start, end }) => start > 0 && end < text.length);
}
