/** What a visitor wrote before they logged in, where their own conversation tells of it. */

import { html, useElement, useLayoutEffect, useRef } from "../lib.js";
import { t } from "../i18n.js";
import { Bubble } from "../components/bubble.js";
import { isSaid } from "../history.js";
import { putOn } from "../sheets.js";
import { day, dayKey } from "../time.js";
import { logOf } from "./log.js";
import { SHEET } from "./sheet.js";

/** @import { Message, Note, Person, Ref } from "../types.d.ts" */
/** @import { Conversation } from "../conversation.js" */
/** @import { LinkedLog } from "./log.js" */

putOn(document, SHEET);

const NEAR_END_PX = 60; // as of the thread

/**
 * `uid`: whose it was. `called(user)`, `note`: as of the thread.
 * @param {{
 *   conversation: Conversation,
 *   uid: string,
 *   called: (user: Person) => string,
 *   note?: string,
 * }} props
 */
export function Linked({ conversation, uid, called, note }) {
  const log = logOf(conversation, uid);
  const { entries, older, loadingOlder } = log.history;
  /** @type {Ref<HTMLElement>} */
  const block = useElement();
  const said = entries.value.filter(isSaid);
  keepPlace(block, said);
  const target = log.target.value;
  useLayoutEffect(() => {
    if (target) block.current.querySelector(`[data-seq="${target}"]`)?.scrollIntoView({ block: "center" });
    log.target.value = 0;
  }, [target]);

  if (log.state.value === "ready" && !said.length && !older.value) return null;
  const asks = log.state.value === "failed" ? log.load : older.value && (() => log.loadOlder());
  return html`<section ref=${block} class="linked" aria-label=${t("linked.title")} aria-busy=${log.state.value === "loading" || loadingOlder.value}>
    ${log.as === "visitor" && html`<h2>${t("linked.title")}</h2>`}
    ${asks && html`<button type="button" class="linked-more" aria-disabled=${loadingOlder.value} onClick=${asks}>${t(log.state.value === "failed" ? "thread.retry" : "linked.older")}</button>`}
    ${lines(log, said, called, note)}
  </section>`;
}

/**
 * @param {LinkedLog} log
 * @param {(Message | Note)[]} entries
 * @param {(user: Person) => string} called
 * @param {string} [note]
 */
function lines(log, entries, called, note) {
  let author = "";
  let latest = "";
  return entries.map((entry) => {
    const { seq, user, msg_time: time } = entry;
    const begins = dayKey(time) !== latest;
    latest = dayKey(time);
    const leads = begins || entry.kind === "note" || user.uid !== author;
    author = entry.kind === "note" ? "" : user.uid;
    const mine = log.as === "visitor" ? user.role === "visitor" : user.role !== "visitor";
    const fold = {
      open: log.unfolded.value.has(seq),
      onToggle: () => log.unfold(seq, !log.unfolded.peek().has(seq)),
    };
    return [
      begins && html`<p class="thread-day" key=${latest}><span>${day(time)}</span></p>`,
      html`<${Bubble} key=${seq} entry=${entry} conversation=${log} called=${called} who=${called(user)} mine=${mine} leads=${leads} note=${entry.kind === "note" ? note : undefined} ...${fold} />`,
    ];
  });
}

/**
 * What is read stays where it is in the thread while this grows above it; whoever is at the end stays there.
 * @param {Ref<HTMLElement>} block
 * @param {unknown} changed
 */
function keepPlace(block, changed) {
  const before = useRef({ height: 0, end: true });
  /** @type {HTMLElement | null | undefined} */
  const thread = block.current?.closest(".thread");
  if (thread) {
    const end = thread.scrollHeight - thread.scrollTop - thread.clientHeight <= NEAR_END_PX;
    before.current = { height: block.current.offsetHeight, end };
  }
  useLayoutEffect(() => {
    /** @type {HTMLElement | null} */
    const box = block.current.closest(".thread");
    if (!box) return;
    const { height, end } = before.current;
    box.scrollTop = end ? box.scrollHeight : box.scrollTop + block.current.offsetHeight - height;
  }, [changed]);
}
