/** The sound of somebody waiting: two soft notes made by the browser itself, so there is no file to load. */

import { signal } from "../lib.js";

const NOTES = { waiting: [659.25, 880], message: [784] }; // E5 A5; G5, in hertz
const LENGTH = 0.16; // seconds a note
const VOLUME = 0.25;

let context = null;

/** Browsers let a page make sound only after somebody has pressed something on it. True once it may. */
export const audible = signal(false);

/** To be called from within a key press or a click; says whether sound may be made now. */
export async function unlock() {
  if (!context && globalThis.AudioContext) {
    context = new AudioContext();
    context.onstatechange = () => (audible.value = context.state === "running");
  }
  if (context?.state === "suspended") await context.resume().catch(() => {}); // refused: stays silent, and says so
  return (audible.value = context?.state === "running");
}

/** Plays "waiting" or "message". False where the browser does not allow it yet. */
export function play(name) {
  if (!audible.peek()) return false;
  NOTES[name].forEach((pitch, n) => note(pitch, context.currentTime + n * LENGTH));
  return true;
}

function note(pitch, at) {
  const tone = context.createOscillator();
  const level = context.createGain();
  tone.type = "sine";
  tone.frequency.value = pitch;
  level.gain.setValueAtTime(0, at);
  level.gain.linearRampToValueAtTime(VOLUME, at + 0.015);
  level.gain.exponentialRampToValueAtTime(0.001, at + LENGTH * 2.2);
  tone.connect(level).connect(context.destination);
  tone.start(at);
  tone.stop(at + LENGTH * 2.3);
}
