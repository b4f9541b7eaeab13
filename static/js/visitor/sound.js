/** A soft note for an answer that comes while the visitor looks elsewhere. */

import { Bell } from "../bell.js";
import { looking } from "../looking.js";
import { preference } from "../preference.js";
import { play, unlock } from "../sound.js";

/** @import { Frame } from "../types.d.ts" */
/** @import { Visit } from "./visit.js" */

export const soundOn = preference("visitor.sound", true);

/** Turns it on, which is heard, or off. */
export async function turnSound() {
  soundOn.value = !soundOn.peek();
  if (soundOn.peek() && (await unlock())) play("message");
}

/**
 * Rings for answers until the function that it returns is called. Who has not written yet expects none, and hears none.
 * @param {Visit} visit
 */
export function ringForAnswers({ connection, me, written }) {
  const bell = new Bell("chatadmin.visitor.sound");
  const stop = connection.listen((/** @type {Frame} */ frame) => {
    const answer = frame.type === "message" && frame.user.uid !== me.uid;
    if (answer && !looking() && written.peek() && soundOn.peek()) bell.ring("message");
  });
  return () => {
    stop();
    bell.close();
  };
}
