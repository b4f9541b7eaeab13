/** The window in which a picture is cut to a square: pulled and zoomed by pointer, wheel, two fingers, keys or slider. */

import { html, useElement, useLayoutEffect, useMemo, useRef, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { Dialog } from "../components/dialog.js";
import { cut, draw, groundOf } from "./picture.js";
import { MOST_ZOOM, first, pulled, zoomOf, zoomed } from "./square.js";

/** @import { Ref } from "../../types.d.ts" */
/** @import { Picture } from "./picture.js" */
/** @import { Bounds, Square } from "./square.js" */

export { opened } from "./picture.js";

const SHOWN_SIDE = 560; // pixels that are drawn, for 280 on a fine screen
const KEY_STEP = 1 / 32; // of the side
const KEY_ZOOM = 1.1;
const WHEEL_ZOOM = 1 / 400; // for each pixel that is scrolled
/** Where each arrow pulls the picture. @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Where something happened on an element, in its sides from its middle. @param {MouseEvent} event */
function placeOf({ clientX, clientY, currentTarget }) {
  const { left, top, width } = /** @type {Element} */ (currentTarget).getBoundingClientRect();
  return { x: (clientX - left) / width - 0.5, y: (clientY - top) / width - 0.5 };
}

/**
 * What the pointers on the picture make of the square; with two, as fingers do.
 * @param {Bounds} bounds
 * @param {(change: (square: Square) => Square) => void} see
 */
function usePointers(bounds, see) {
  const { current: down } = useRef(/** @type {Map<number, { x: number, y: number }>} */ (new Map()));
  /** @param {PointerEvent & { currentTarget: Element }} event */
  const onPointerDown = (event) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    down.set(event.pointerId, placeOf(event));
  };
  /** @param {PointerEvent} event */
  const onPointerMove = (event) => {
    const from = down.get(event.pointerId);
    if (!from) return;
    const to = placeOf(event);
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    down.set(event.pointerId, to);
    if (!other) return see((square) => pulled(bounds, square, to.x - from.x, to.y - from.y));
    const grown = Math.hypot(to.x - other.x, to.y - other.y) / Math.hypot(from.x - other.x, from.y - other.y);
    see((square) => zoomed(bounds, square, zoomOf(bounds, square) * (grown || 1), other));
  };
  /** @param {PointerEvent} event */
  const onPointerUp = ({ pointerId }) => down.delete(pointerId);
  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp };
}

/**
 * `shape`: of what is seen in the end. `save(blob)` keeps it; what it throws is told.
 * @param {{ picture: Picture, shape: "round" | "sign", save: (picture: Blob) => Promise<unknown>, onClose: () => void }} props
 */
export function Crop({ picture, shape, save, onClose }) {
  const bounds = { width: picture.width, height: picture.height, whole: shape === "sign" };
  const ground = useMemo(() => groundOf(picture), [picture]);
  const [square, see] = useState(() => first(bounds));
  const [trouble, say] = useState("");
  const [busy, setBusy] = useState(false);
  /** @type {Ref<HTMLCanvasElement>} */
  const canvas = useElement();
  const pointers = usePointers(bounds, see);
  useLayoutEffect(() => canvas.current.focus(), []);
  useLayoutEffect(() => draw(canvas.current, picture, square), [square]);
  /** @param {number} by @param {{ x: number, y: number }} [at] */
  const zoom = (by, at) => see((now) => zoomed(bounds, now, zoomOf(bounds, now) * by, at));
  /** @param {WheelEvent} event */
  const onWheel = (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * WHEEL_ZOOM), placeOf(event));
  };
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    const [right, down] = ARROWS[event.key] ?? [0, 0];
    if (right || down) see((now) => pulled(bounds, now, right * KEY_STEP, down * KEY_STEP));
    else if (event.key === "+" || event.key === "=") zoom(KEY_ZOOM);
    else if (event.key === "-") zoom(1 / KEY_ZOOM);
    else return;
    event.preventDefault();
  };
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    say("");
    setBusy(true);
    try {
      await save(await cut(picture, square, ground));
      onClose();
    } catch (error) {
      say(reason(error));
      setBusy(false);
    }
  };
  return html`<${Dialog} name="crop" title=${t("face.crop")} onClose=${onClose}>
    <p id="crop-how" class="dialog-note">${t("face.crop.how")}</p>
    <form class="crop" onSubmit=${submit}>
      <div class="crop-window" data-shape=${shape} data-ground=${ground}>
        <canvas ref=${canvas} width=${SHOWN_SIDE} height=${SHOWN_SIDE} tabindex="0" role="img" aria-label=${t("face.crop.label")} aria-describedby="crop-how" onWheel=${onWheel} onKeyDown=${onKeyDown} ...${pointers}></canvas>
      </div>
      <${Slider} zoom=${zoomOf(bounds, square)} onZoom=${(/** @type {number} */ to) => see((now) => zoomed(bounds, now, to))} />
      <p class="trouble" role="alert">${trouble}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("transfer.cancel")}</button>
        <button class="button button-main" aria-disabled=${busy}>${t(busy ? "settings.saving" : "settings.save")}</button>
      </div>
    </form>
  <//>`;
}

/** By doublings: each step is as large to the eye. @param {{ zoom: number, onZoom: (zoom: number) => void }} props */
function Slider({ zoom, onZoom }) {
  return html`<label class="crop-zoom">
    <span>${t("face.crop.zoom")}</span>
    <input
      type="range"
      min="0"
      max=${Math.log2(MOST_ZOOM)}
      step="0.05"
      value=${Math.log2(zoom)}
      aria-valuetext=${`${Math.round(zoom * 100)} %`}
      onInput=${(event) => onZoom(2 ** Number(event.currentTarget.value))}
    />
  </label>`;
}
