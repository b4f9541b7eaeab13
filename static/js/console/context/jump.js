/** From the pane to a place in the conversation. */

/** @import { Workspace } from "../workspace.js" */

/**
 * @param {Workspace} workspace
 * @param {string} uid
 * @param {number} seq
 */
export function jump(workspace, uid, seq) {
  workspace.drawer.value = false; // it would lie over what is to be read
  return workspace.lookup.jump(uid, seq);
}
