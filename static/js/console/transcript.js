/** A conversation as a file, for the agent. */

import { address, download } from "../transcript.js";

/**
 * Where the transcript of the visitor `uid` is; `format`: "html" or "json".
 * @param {string} uid
 * @param {"html" | "json"} [format]
 */
export const transcriptUrl = (uid, format = "html") => address("agent", format, uid);

/**
 * Saves the transcript. Throws an error where it cannot be had; `status` says why, if there was an answer.
 * @param {string} uid
 * @param {"html" | "json"} [format]
 */
export const save = (uid, format = "html") => download(transcriptUrl(uid, format));
