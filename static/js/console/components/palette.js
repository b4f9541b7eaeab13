/** Every action with its key, and everybody on the list, found by a few letters. */

import { html, useEffect, useElement, useState } from "../../lib.js";
import { isComposing } from "../../composing.js";
import { t, plural } from "../../i18n.js";
import { commands } from "../commands.js";
import { KEYS } from "../keys.js";
import { titleOf } from "./browsing_row.js";
import { Dialog } from "./dialog.js";
import { Mark } from "./mark.js";

/** @import { FieldEvent, Ref, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @typedef {{ key: string, words: string, who?: Visitor, shows?: string, run: () => unknown }} Choice */

const MOST_PEOPLE = 12; // people shown at once

/** @param {{ workspace: Workspace, onClose: () => void }} props */
export function Palette({ workspace, onClose }) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  /** @type {Ref<HTMLElement>} */
  const list = useElement();
  /** @type {Ref<HTMLInputElement>} */
  const field = useElement();
  const found = choices(workspace, typed.trim().toLocaleLowerCase());
  const chosen = Math.min(at, found.length - 1);
  useEffect(() => field.current.focus(), []);
  useEffect(() => list.current?.children[chosen]?.scrollIntoView({ block: "nearest" }), [chosen]);
  /** @param {Choice} choice */
  const run = (choice) => {
    onClose();
    setTimeout(choice.run); // once the window has given the focus back
  };
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowDown: () => setAt((chosen + 1) % found.length),
    ArrowUp: () => setAt((chosen + found.length - 1) % found.length),
    Enter: () => run(found[chosen]),
  };
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (isComposing(event) || !found.length || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  };
  /** @param {FieldEvent} event */
  const write = (event) => {
    setTyped(event.currentTarget.value);
    setAt(0);
  };
  return html`<${Dialog} name="palette" title=${t("palette.title")} onClose=${onClose}>
    <input
      ref=${field}
      class="field"
      role="combobox"
      dir="auto"
      autocomplete="off"
      spellcheck=${false}
      aria-label=${t("palette.field")}
      placeholder=${t("palette.field")}
      aria-expanded="true"
      aria-controls="palette-list"
      aria-activedescendant=${found.length ? `palette-${chosen}` : undefined}
      value=${typed}
      onInput=${write}
      onKeyDown=${press}
    />
    <p class="said" role="status">${plural("palette.found", found.length)}</p>
    <ul class="palette" id="palette-list" role="listbox" aria-label=${t("palette.title")} ref=${list}>
      ${found.map(
        (
          choice,
          n,
        ) => html`<li key=${choice.key} id=${`palette-${n}`} role="option" aria-selected=${n === chosen} onClick=${() => run(choice)}>
          <span><bdi>${choice.words}</bdi>${choice.who && html` <${Mark} item=${choice.who} />`}</span>${choice.shows && html`<span class="palette-keys">${choice.shows.split(" ").map((key) => html`<kbd key=${key}>${key}</kbd>`)}</span>`}
        </li>`,
      )}
    </ul>
    ${found.length === 0 && html`<p class="dialog-note">${t("palette.none")}</p>`}
  <//>`;
}

/**
 * @param {Workspace} workspace
 * @param {string} typed
 * @returns {Choice[]}
 */
function choices(workspace, typed) {
  const actions = Object.entries(commands(workspace))
    .filter(([name, { may = true }]) => may && name !== "palette")
    .map(([name, { words, run }]) => ({
      key: name,
      words: t(words),
      shows: KEYS.find(({ does }) => does === name)?.shows,
      run,
    }));
  const people = workspace.liveList
    .items()
    .filter((item) => typed && isCalled(item, typed))
    .slice(0, MOST_PEOPLE)
    .map((item) => ({
      key: item.uid,
      words: t("palette.open", { name: item.called }),
      who: item,
      run: () => workspace.lookup.visit(item.uid),
    }));
  const onlookers = workspace.browsing.keys
    .peek()
    .filter((key) => typed && titleOf(workspace.browsing.row(key)?.peek()).toLocaleLowerCase().includes(typed))
    .slice(0, MOST_PEOPLE)
    .map((key) => ({
      key,
      words: t("palette.browsing", { page: titleOf(workspace.browsing.row(key)?.peek()) }),
      run: () => workspace.open(key, { focus: true }),
    }));
  return [...actions.filter(({ words }) => words.toLocaleLowerCase().includes(typed)), ...people, ...onlookers];
}

/**
 * Whether it is in their name or e-mail address.
 * @param {Visitor} item
 * @param {string} typed
 */
const isCalled = ({ called, email = "" }, typed) => `${called}\n${email}`.toLocaleLowerCase().includes(typed);
