/** What a message says in one line: where there is no room for all of it. */

import { t } from "./i18n.js";

/** @import { FileInfo, Glimpse, Key } from "./types.d.ts" */

/** @typedef {"image" | "video" | "audio" | "other"} Kind */

const MOST_PIXELS = 50_000_000; // of a picture that the server lets a browser draw

/** @type {Record<Kind, Key>} */
const WORDS = { image: "file.image", video: "file.video", audio: "file.audio", other: "file.other" };

/**
 * What becomes of a file in a thread: a picture is shown, video and audio are played, any other is there to be saved.
 * @param {Glimpse & Partial<FileInfo>} file
 * @returns {Kind}
 */
export function kindOf({ type, width = 0, height = 0 }) {
  const [kind] = type.split("/");
  return kind in WORDS && width * height <= MOST_PIXELS ? /** @type {Kind} */ (kind) : "other";
}

/**
 * Its text, and what comes with it. Where a line tells of a file without a word, it has the name for a text.
 * @param {{ content: string, file?: Glimpse }} message
 */
export function gist({ content, file }) {
  if (!file) return content;
  const what = t(WORDS[kindOf(file)], { name: file.name });
  return content && content !== file.name ? `${what} · ${content}` : what;
}
