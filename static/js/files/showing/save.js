/** Saving a file: the browser does it, under the name that the server says. */

import { useEffect, useState } from "../../lib.js";
import { Refusal, request, statusOf } from "../../api.js";
import { t } from "../../i18n.js";
import { fileAddress } from "../address.js";

/** @import { Side } from "../../types.d.ts" */

/**
 * How to save a file, and what was in the way the last time, in words, or "".
 * @param {string} id
 * @param {Side} as
 * @returns {[save: () => void, trouble: string]}
 */
export function useSave(id, as) {
  const [trouble, say] = useState("");
  useEffect(() => say(""), [id]);
  const save = () => {
    say("");
    saveFile(id, as).catch((error) => say(t(statusOf(error) ? "file.gone" : "error.unreachable")));
  };
  return [save, trouble];
}

/**
 * Asks first whether it may be had: throws a Refusal otherwise, or what `fetch` throws.
 * @param {string} id
 * @param {Side} as
 */
async function saveFile(id, as) {
  const { ok, status } = await request(`/v1/files/${id}?as=${as}`, { method: "HEAD" });
  if (!ok) throw new Refusal(status);
  const link = document.createElement("a");
  link.href = await fileAddress(id, { as, save: true });
  link.download = "";
  link.click();
}
