/** The panel that a frame is in: what closes it, and what is told outside of it. */

import { gist } from "../gist.js";
import { shown } from "../looking.js";
import { nameOf } from "../names.js";

/** @import { Visiting } from "../types.d.ts" */

const TEASER_CHARACTERS = 200;

/**
 * Escape closes it, unless it closes something in it, or ends a composition.
 * @param {() => void} close
 */
export function closeByEscape(close) {
  addEventListener("keydown", ({ key, isComposing, keyCode }) => {
    if (key !== "Escape" || isComposing || keyCode === 229) return;
    if (!document.querySelector("dialog[open], select:focus")) close(); // a list of options is not seen from here
  });
}

/**
 * Tells of messages, the visitor's own once they are stored; returns how to stop.
 * @param {Visiting} visit
 * @param {(message: { type: string, [detail: string]: unknown }) => void} tell
 */
export const tellOfMessages = ({ connection, me }, tell) =>
  connection.listen((frame) => {
    if (frame.type === "ack" && !frame.repeat) {
      tell({ type: "wrote" });
      tell({ type: "message", by: "visitor" });
    }
    if (frame.type !== "message" || frame.user.uid === me.uid) return;
    tell({ type: "message", by: "agent" });
    const text = [...gist(frame)].slice(0, TEASER_CHARACTERS).join("");
    if (!shown.peek()) tell({ type: "said", who: nameOf(frame.user), text });
  });
