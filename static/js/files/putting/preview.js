/** What was chosen, as one sees it before it is sent: a picture drawn on a canvas, else what kind of file it is. */

import { html, useEffect, useElement, useSignal } from "../../lib.js";
import { drawn } from "./picture.js";

/** @import { Ref } from "../../types.d.ts" */

const MOST_PX = 480; // twice the largest that is shown
/** @type {WeakMap<File, HTMLCanvasElement | null>} */
const made = new WeakMap(); // each is drawn once; null where it cannot be

/** @param {{ file: File }} props */
export function Preview({ file }) {
  const shown = useSignal(made.get(file));
  useEffect(() => {
    shown.value = made.get(file);
    if (made.has(file)) return;
    drawn(file.type.startsWith("image/") ? file : new Blob(), MOST_PX).then((canvas) => {
      made.set(file, canvas);
      shown.value = canvas;
    });
  }, [file]);
  return shown.value
    ? html`<${Picture} key=${file} of=${shown.value} />`
    : html`<span class="preview" aria-hidden="true">${shown.value === null && ending(file.name)}</span>`;
}

/** @param {{ of: HTMLCanvasElement }} props */
function Picture({ of }) {
  /** @type {Ref<HTMLCanvasElement>} */
  const canvas = useElement();
  useEffect(() => canvas.current.getContext("2d")?.drawImage(of, 0, 0), [of]);
  return html`<canvas class="preview" ref=${canvas} width=${of.width} height=${of.height} aria-hidden="true"></canvas>`;
}

/** @param {string} name */
const ending = (name) => /\.(\w{1,5})$/.exec(name)?.[1].toUpperCase() ?? "…";
