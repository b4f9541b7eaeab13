/** What a conversation has of one kind: asked for a page at a time, newest first, and joined by what is said meanwhile. */

import { html, useEffect, useState } from "../../lib.js";
import { call } from "../../api.js";
import { reason, t } from "../../i18n.js";

/** @import { Workspace } from "../workspace.js" */

/**
 * The list at `path`, and the way further back where there is more.
 * @template {{ seq: number }} T
 * @param {Workspace} workspace
 * @param {string} path
 * @param {T[]} said Of what the page holds of the conversation.
 * @returns {{ all: T[], further: (() => void) | null }}
 */
export function usePages(workspace, path, said) {
  const [{ kept, before }, set] = useState({ kept: /** @type {T[]} */ ([]), before: 0 });
  const live = workspace.conversations.live.value;
  /** @param {number} from */
  const load = async (from) => {
    const page = await call("GET", `${path}?as=agent&before=${from}`);
    set((known) => ({ kept: from ? [...known.kept, ...page.value] : page.value, before: page.before }));
  };
  useEffect(() => {
    if (live) load(0).catch(() => {}); // the connection is lost with the server, and comes back with it
  }, [path, live]);
  const further = () => load(before).catch((error) => workspace.notices.say(reason(error), "trouble"));
  const bySeq = new Map([...kept, ...said].map((one) => [one.seq, one]));
  return { all: [...bySeq.values()].sort((a, b) => b.seq - a.seq), further: before ? further : null };
}

/** @param {{ onPress: (() => void) | null }} props */
export function Further({ onPress }) {
  return onPress && html`<button type="button" class="few-more" onClick=${onPress}>${t("context.further")}</button>`;
}
