/** A picture before all else: larger, moved, saved, and the way to the others of its conversation. */

import { html, render, useEffect, useElement, useLayoutEffect, useMemo, useRef, useState } from "../../lib.js";
import { kindOf } from "../../gist.js";
import { t } from "../../i18n.js";
import { STEP, fingers, keys } from "./hands.js";
import { Lens } from "./lens.js";
import { useSave } from "./save.js";
import { come, useFile } from "./use_file.js";

/** @import { FileInfo, FilesOf, Key, Ref, Side } from "../../types.d.ts" */

const PATHS = {
  before: "m15 5-7 7 7 7",
  after: "m9 5 7 7-7 7",
  out: "M5 12h14",
  in: "M5 12h14M12 5v14",
  save: "M12 4v11m-5-5 5 5 5-5M5 20h14",
  close: "m6 6 12 12M18 6 6 18",
};

/**
 * Shows a picture of a conversation; returns how to close it.
 * @param {FileInfo} file
 * @param {FilesOf} conversation
 */
export function openViewer(file, conversation) {
  const place = document.body.appendChild(document.createElement("div")); // not in the thread, where all that is new is read out
  const close = () => {
    place.querySelector("dialog")?.close(); // while it is there, so that the focus goes back
    render(null, place);
    place.remove();
  };
  render(html`<${Viewer} first=${file} conversation=${conversation} onClose=${close} />`, place);
  return close;
}

/** @param {FilesOf} conversation */
const picturesOf = ({ history }) =>
  history.entries.value.flatMap(({ file }) => (file && kindOf(file) === "image" ? [file] : []));

/** @param {{ first: FileInfo, conversation: FilesOf, onClose: () => void }} props */
function Viewer({ first, conversation, onClose }) {
  const [file, show] = useState(first);
  const pictures = picturesOf(conversation);
  const at = pictures.findIndex(({ id }) => id === file.id);
  /** @type {Ref<HTMLDialogElement>} */
  const dialog = useElement();
  const lens = useMemo(() => new Lens(), []);
  useLayoutEffect(() => {
    dialog.current.showModal();
    dialog.current.focus(); // not its first button, which a key would press
  }, []);
  useEffect(() => {
    if (at === 0) conversation.loadOlder(); // there may be some before it
  }, [at]);
  /** @param {number} by */
  const turn = (by) => {
    if (!pictures[at + by]) return;
    lens.whole();
    show(pictures[at + by]);
  };
  const zoom = (/** @type {number} */ factor) => () => lens.zoom(factor);
  return html`<dialog ref=${dialog} class="viewer" tabindex="-1" aria-label=${file.name} onClose=${onClose} onKeyDown=${keys(lens, { turn })}>
    <${Stage} file=${file} as=${conversation.as} lens=${lens} turn=${turn} close=${onClose} />
    <header class="viewer-head">
      <p role="status"><bdi>${file.name}</bdi>${pictures.length > 1 && html`<span>${t("viewer.place", { at: at + 1, count: pictures.length })}</span>`}</p>
      <${Tool} name="out" words="viewer.out" off=${lens.scale.value <= 1} onClick=${zoom(1 / STEP)} />
      <${Tool} name="in" words="viewer.in" onClick=${zoom(STEP)} />
      <${Save} id=${file.id} as=${conversation.as} />
      <${Tool} name="close" words="viewer.close" onClick=${onClose} />
    </header>
    ${
      pictures.length > 1 &&
      html`<${Tool} name="before" words="viewer.before" off=${!pictures[at - 1]} onClick=${() => turn(-1)} />
      <${Tool} name="after" words="viewer.after" off=${!pictures[at + 1]} onClick=${() => turn(1)} />`
    }
  </dialog>`;
}

/** @param {{ file: FileInfo, as: Side, lens: Lens, turn: (by: number) => void, close: () => void }} props */
function Stage({ file, as, lens, turn, close }) {
  const { address, failed, again, onError } = useFile(file.id, as);
  /** @type {Ref<HTMLElement>} */
  const stage = useElement();
  const acts = useRef({ turn, close });
  acts.current = { turn, close };
  const hands = useMemo(
    () => fingers(lens, { turn: (by) => acts.current.turn(by), close: () => acts.current.close() }),
    [lens],
  );
  useLayoutEffect(() => void (lens.stage = stage.current), [lens]);
  const retry = () => {
    /** @type {HTMLElement | null} */ (stage.current.closest("dialog"))?.focus(); // the button goes
    again();
  };
  const { x, y } = lens.at.value;
  const { x: pulledX, y: pulledY } = lens.pulled.value;
  const transform = `translate(${x + pulledX}px, ${y + pulledY}px) scale(${lens.scale.value})`;
  return html`<div ref=${stage} class="viewer-stage" data-large=${lens.scale.value > 1} ...${hands}>
    ${address && html`<img key=${file.id} src=${address} alt=${file.name} width=${file.width} height=${file.height} style=${{ transform }} draggable=${false} onLoad=${come} onError=${onError} />`}
    ${failed && html`<button type="button" class="viewer-failed" onClick=${retry}>${t("file.failed")}</button>`}
  </div>`;
}

/** @param {{ id: string, as: Side }} props */
function Save({ id, as }) {
  const [save, trouble] = useSave(id, as);
  return html`<${Tool} name="save" words="file.save" onClick=${save} />
    <p class="viewer-trouble" role="alert">${trouble}</p>`;
}

/** @param {{ name: keyof typeof PATHS, words: Key, off?: boolean, onClick: () => void }} props */
function Tool({ name, words, off, onClick }) {
  return html`<button type="button" class="viewer-tool" data-tool=${name} aria-label=${t(words)} title=${t(words)} aria-disabled=${off} onClick=${onClick}>
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d=${PATHS[name]} /></svg>
  </button>`;
}
