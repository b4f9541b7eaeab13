/** All emoji, by kinds and by name. The field for a name keeps the focus; arrows choose, Enter puts one in. */

import { html, useEffect, useElement, useLayoutEffect, useState } from "../lib.js";
import { t } from "../i18n.js";
import { isComposing } from "../composing.js";
import { groups, named } from "./names.js";
import { put, recent } from "./put.js";

/** @import { Key, Ref } from "../types.d.ts" */
/** @import { Emoji } from "./names.js" */

const MOST_FOUND = 64;
/** What the groups of names.js are called, in their order. @type {Key[]} */
const GROUPS = [
  "emoji.smileys",
  "emoji.people",
  "emoji.nature",
  "emoji.food",
  "emoji.travel",
  "emoji.activities",
  "emoji.objects",
  "emoji.symbols",
  "emoji.flags",
];

/**
 * `field` is what they go into; `button` opens and closes this; `onClose` has it closed.
 * @param {{ field: Ref<HTMLTextAreaElement>, button: Ref<HTMLButtonElement>, onClose: () => void }} props
 */
export function Picker({ field, button, onClose }) {
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  /** @type {Ref<HTMLInputElement>} */
  const search = useElement();
  const [kinds, keep] = useState(/** @type {{ words: Key, emoji: Emoji[] }[]} */ ([]));
  const [kind, choose] = useState(0);
  const [query, ask] = useState("");
  const [found, find] = useState(/** @type {Emoji[] | null} */ (null));
  const [failed, fail] = useState(false);
  const [at, setAt] = useState(0);
  const shown = found ?? kinds[kind]?.emoji ?? [];
  const chosen = shown[at];
  useEffect(() => void byKind().then(keep, () => fail(true)), []);
  useEffect(() => {
    let wanted = true;
    const asked = query.trim() ? named(query, MOST_FOUND) : Promise.resolve(null);
    asked.then(
      (emoji) => {
        if (!wanted) return;
        find(emoji);
        setAt(0);
      },
      () => fail(true),
    );
    return () => (wanted = false);
  }, [query]);
  useLayoutEffect(() => {
    if (matchMedia("(hover: hover)").matches) search.current.focus(); // a phone's keyboard would hide what is there
    /** @param {Event} event */
    const elsewhere = ({ target }) =>
      [box, button].some(({ current }) => current?.contains(/** @type {Node} */ (target))) || onClose();
    addEventListener("pointerdown", elsewhere);
    addEventListener("focusin", elsewhere);
    return () => {
      removeEventListener("pointerdown", elsewhere);
      removeEventListener("focusin", elsewhere);
    };
  }, []);
  useLayoutEffect(
    () => box.current.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }),
    [at, shown],
  );
  /** @param {Emoji | undefined} one */
  const take = (one) => {
    if (!one) return;
    onClose();
    put(field.current, one.emoji);
  };
  /** @param {number} by */
  const move = (by) => setAt(Math.max(0, Math.min(shown.length - 1, at + by)));
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    if (event.key === "Enter") event.stopPropagation(); // nothing is sent from here
    if (isComposing(event)) return event.key === "Enter" && event.preventDefault();
    const ahead = document.documentElement.dir === "rtl" ? -1 : 1;
    /** @type {Record<string, () => void>} */
    const does = {
      ArrowRight: () => move(ahead),
      ArrowLeft: () => move(-ahead),
      ArrowDown: () => move(columns(box.current)),
      ArrowUp: () => move(-columns(box.current)),
      Enter: () => take(chosen),
    };
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
      field.current.focus();
    } else if (event.target === search.current && does[event.key]) {
      event.preventDefault();
      does[event.key]();
    }
  };
  /** @param {number} n */
  const open = (n) => {
    choose(n);
    ask("");
    find(null);
    setAt(0);
  };
  const label = t(found ? "emoji.open" : (kinds[kind]?.words ?? "emoji.open"));
  return html`<div ref=${box} class="emoji-popup picker" role="dialog" aria-label=${t("emoji.open")} onKeyDown=${keys}>
    <input ref=${search} class="picker-search" type="text" role="combobox" dir="auto" autocomplete="off" enterkeyhint="done"
      aria-label=${t("emoji.search")} placeholder=${t("emoji.search")} aria-expanded="true" aria-controls="emoji-all" aria-activedescendant=${chosen && `emoji-${at}`}
      value=${query} onInput=${(event) => ask(event.currentTarget.value)} />
    <div class="picker-kinds" role="group" aria-label=${t("emoji.kinds")} onMouseDown=${stay}>
      ${kinds.map(
        ({ words, emoji }, n) =>
          html`<button key=${words} type="button" aria-label=${t(words)} title=${t(words)} aria-pressed=${!found && n === kind} onClick=${() => open(n)}>${emoji[0].emoji}</button>`,
      )}
    </div>
    <ul class="picker-all" id="emoji-all" role="listbox" aria-label=${label} onMouseDown=${stay}>
      ${shown.map(
        (one, n) =>
          html`<li key=${one.emoji} id=${`emoji-${n}`} role="option" aria-selected=${n === at} aria-label=${one.name} onMouseMove=${() => n !== at && setAt(n)} onClick=${() => take(one)}>${one.emoji}</li>`,
      )}
    </ul>
    <p class="picker-name" role="status">${failed ? t("emoji.failed") : (wordsOf(chosen) ?? (found && t("emoji.none")))}</p>
  </div>`;
}

/** The groups, and before them what was put in last. */
async function byKind() {
  const all = await groups();
  const known = new Map(all.flat().map((one) => [one.emoji, one]));
  const last = recent().flatMap((emoji) => known.get(emoji) ?? []);
  const kinds = all.map((emoji, n) => ({ words: GROUPS[n], emoji }));
  return last.length ? [{ words: /** @type {Key} */ ("emoji.recent"), emoji: last }, ...kinds] : kinds;
}

/** @param {Emoji | undefined} one */
const wordsOf = (one) => one && (one.short ? `${one.name} · :${one.short}` : one.name);

/** How many stand in a row. @param {HTMLElement} box */
function columns(box) {
  const all = [.../** @type {NodeListOf<HTMLElement>} */ (box.querySelectorAll("[role=option]"))];
  const below = all.findIndex(({ offsetTop }) => offsetTop > all[0].offsetTop);
  return below < 0 ? all.length : below;
}

/** A press beside the field for a name leaves it the focus. @param {MouseEvent} event */
const stay = (event) => event.preventDefault();
