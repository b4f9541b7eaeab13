/** The sound of somebody waiting: two soft notes made by the browser itself, so there is no file to load. */

import { signal } from "./lib.js";

const NOTES = { waiting: [659.25, 880], message: [784] }; // E5 A5; G5, in hertz
const NOTE_SECONDS = 0.16; // seconds a note
const VOLUME = 0.25;

/** @type {AudioContext | null} */
let context = null;

/** Browsers let a page make sound only after somebody has pressed something on it. True once it may. */
export const audible = signal(false);

/** To be called from within a key press or a click; says whether sound may be made now. */
export async function unlock() {
  if (!context && globalThis.AudioContext) {
    const made = new AudioContext();
    made.onstatechange = () => (audible.value = made.state === "running");
    context = made;
  }
  if (context?.state === "suspended") await context.resume().catch(() => {}); // refused: stays silent, and says so
  return (audible.value = context?.state === "running");
}

/**
 * Plays "waiting" or "message". False where the browser does not allow it yet.
 * @param {keyof typeof NOTES} name
 */
export function play(name) {
  const player = context;
  if (!player || !audible.peek()) return false;
  NOTES[name].forEach((pitch, n) => note(player, pitch, player.currentTime + n * NOTE_SECONDS));
  return true;
}

/**
 * @param {AudioContext} context
 * @param {number} pitch
 * @param {number} at
 */
function note(context, pitch, at) {
  const tone = context.createOscillator();
  const level = context.createGain();
  tone.type = "sine";
  tone.frequency.value = pitch;
  level.gain.setValueAtTime(0, at);
  level.gain.linearRampToValueAtTime(VOLUME, at + 0.015);
  level.gain.exponentialRampToValueAtTime(0.001, at + NOTE_SECONDS * 2.2);
  tone.connect(level).connect(context.destination);
  tone.start(at);
  tone.stop(at + NOTE_SECONDS * 2.3);
}
