/** How was it? Two faces, of which one press is enough, and then room for a word. */

import { html, useEffect, useElement, useLayoutEffect, useState } from "../lib.js";
import { codeOf, get, post } from "../api.js";
import { reason, t } from "../i18n.js";
import { keepInSight } from "../in_sight.js";
import { putOn } from "../sheets.js";
import { SHEET } from "./sheet.js";

/** @import { FieldEvent, Key, Ref } from "../types.d.ts" */
/** @import { Conversation } from "../conversation.js" */

putOn(document, SHEET);

const ADDRESS = "/v1/rating?as=visitor";
const LONGEST_COMMENT = 500; // characters, as the server takes them

/** @type {{ good: boolean, words: Key, mouth: string }[]} */
const FACES = [
  { good: true, words: "rating.good", mouth: "M8 14.2c1 1.5 2.4 2.3 4 2.3s3-.8 4-2.3" },
  { good: false, words: "rating.bad", mouth: "M8 16.4c1-1.5 2.4-2.3 4-2.3s3 .8 4 2.3" },
];

/** @typedef {{ open: boolean, good: boolean | null }} Told What the server says: whether to ask, and what was answered. */

/** @param {{ conversation: Conversation }} props */
export function Card({ conversation }) {
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  const { told, ask } = useTold(conversation);
  const [chosen, choose] = useState(/** @type {boolean | null} */ (null)); // on this page
  const [done, finish] = useState(false);
  const [trouble, setTrouble] = useState("");
  const asks = told?.open || (chosen !== null && !done);
  useLayoutEffect(() => keepInSight(box.current), [Boolean(told), chosen, done, trouble]);
  if (!told || (!asks && told.good === null)) return null;

  /** @param {boolean} good */
  const rate = async (good) => {
    choose(good);
    setTrouble("");
    const failure = await failed({ good });
    if (!failure) return;
    const now = await ask(); // it may have arrived, or another tab have been faster
    if (now?.good === good) return;
    choose(null);
    if (!now || now.open) setTrouble(reason(failure));
  };
  /** @param {string} comment */
  const add = async (comment) => {
    setTrouble("");
    const failure = comment && (await failed({ good: chosen, comment }));
    if (failure && codeOf(failure) !== "rated") return setTrouble(reason(failure)); // else it had arrived
    finish(true);
    box.current?.focus(); // what was pressed is gone
    return undefined;
  };
  const isThanked = chosen !== null || told.good !== null;
  return html`<section class="rating" data-asks=${asks} ref=${box} tabindex="-1" aria-labelledby="rating-ask">
    ${asks && html`<p class="rating-ask" id="rating-ask">${t("rating.ask")}</p>`}
    ${
      asks &&
      html`<div class="rating-faces" role="group" aria-labelledby="rating-ask">
        ${FACES.map(({ good, words, mouth }) => html`<button key=${words} type="button" aria-pressed=${chosen === good} disabled=${chosen === !good} onClick=${() => chosen === null && rate(good)}><${Face} mouth=${mouth} />${t(words)}</button>`)}
      </div>`
    }
    <p class="rating-thanks" id=${asks ? undefined : "rating-ask"} role="status">${isThanked && t("rating.thanks")}</p>
    ${chosen !== null && !done && html`<${Comment} onSend=${add} />`}
    <p class="trouble" role="alert">${trouble}</p>
  </section>`;
}

/**
 * What the server says, again whenever something happened that is not for us to see: another tab may have rated.
 * @param {Conversation} conversation
 */
function useTold({ connection, uid }) {
  const [told, tell] = useState(/** @type {Told | null} */ (null));
  const ask = () =>
    get(ADDRESS).then(
      (/** @type {Told} */ now) => {
        tell(now);
        return now;
      },
      () => null,
    );
  useEffect(() => {
    ask();
    return connection.listen((frame) => {
      if (frame.type === "joined" || (frame.type === "event" && frame.kind === "hidden" && frame.conversation === uid))
        ask();
    });
  }, []);
  return { told, ask };
}

/**
 * What a rating failed by; null where it is kept.
 * @param {{ good: boolean | null, comment?: string }} said
 * @returns {Promise<unknown>}
 */
const failed = (said) =>
  post(ADDRESS, said).then(
    () => null,
    (error) => error,
  );

/** @param {{ onSend: (text: string) => void }} props */
function Comment({ onSend }) {
  const [text, write] = useState("");
  /** @param {Event} event */
  const send = (event) => {
    event.preventDefault();
    onSend(text.trim());
  };
  return html`<form class="rating-comment" onSubmit=${send}>
    <label><span>${t("rating.comment")}</span><textarea class="field" rows="2" dir="auto" maxlength=${LONGEST_COMMENT} value=${text} onInput=${(/** @type {FieldEvent} */ event) => write(event.currentTarget.value)}></textarea></label>
    <button class="button" disabled=${!text.trim()}>${t("composer.send")}</button>
  </form>`;
}

/** @param {{ mouth: string }} props */
const Face = ({ mouth }) =>
  html`<svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true"><circle cx="12" cy="12" r="9.5" /><path d="M9 8.6v1.6M15 8.6v1.6" /><path d=${mouth} /></svg>`;
