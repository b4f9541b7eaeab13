/** Where a long text is folded, so that one message does not fill the screen. */

/** @import { Link } from "./links.js" */

/** By the room that a text takes: a wide letter counts two, a new line as much as half a line on a phone. */
const LONGEST_UNFOLDED = 1_200;
const SHOWN = 800;
const LINE = 20;
const LOOK_BACK = 80; // characters within which the end of a word is sought
const WIDE = /[\u1100-\u11FF\u2E80-\uA4CF\uAC00-\uD7FF\uF900-\uFAFF\uFF00-\uFF60]/;
const JOINED = /\u200D|[\uDC00-\uDFFF]|\p{M}/u; // goes with what stands before it

/**
 * How much of `text` is shown at first: all of it, or up to the end of a word, never a part of a link or of a sign.
 * @param {string} text
 * @param {Link[]} links
 */
export function folded(text, links) {
  const at = reach(text, SHOWN);
  if (reach(text, LONGEST_UNFOLDED) === text.length) return text.length;
  const word = text.slice(at - LOOK_BACK, at).search(/\s\S*$/);
  let end = word < 0 ? at : at - LOOK_BACK + word;
  while (end < text.length && JOINED.test(text[end])) end++;
  const across = links.find((link) => link.start < end && end < link.end);
  if (!across) return end;
  return across.start || across.end;
}

/**
 * Up to where a text fits into so much room.
 * @param {string} text
 * @param {number} room
 */
function reach(text, room) {
  for (let at = 0; at < text.length; at++) {
    room -= text[at] === "\n" ? LINE : WIDE.test(text[at]) ? 2 : 1;
    if (room < 0) return at;
  }
  return text.length;
}
