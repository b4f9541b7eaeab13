/** Which blocks of the pane an agent has folded, in this browser. */

import { preference } from "../../preference.js";

/** @import { Signal } from "../../types.d.ts" */

/** By the agent's uid the names of those, with a space between. @type {Map<string, Signal<string>>} */
const known = new Map();

/** @param {string} agent */
function foldsOf(agent) {
  const folds = known.get(agent) ?? preference(`folded.${agent}`, "");
  known.set(agent, folds);
  return folds;
}

/**
 * Whether a block is folded; follows changes when read inside a component.
 * @param {string} agent
 * @param {string} name
 */
export const isFolded = (agent, name) => foldsOf(agent).value.split(" ").includes(name);

/**
 * @param {string} agent
 * @param {string} name
 * @param {boolean} on
 */
export function fold(agent, name, on) {
  const folds = foldsOf(agent);
  const others = folds
    .peek()
    .split(" ")
    .filter((one) => one && one !== name);
  folds.value = [...others, ...(on ? [name] : [])].join(" ");
}
