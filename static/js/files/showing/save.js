/** Saving a file: the browser does it, under the name that the server says. */

import { Refusal, request } from "../../api.js";
import { fileAddress } from "../address.js";

/** @import { Side } from "../../types.d.ts" */

/**
 * Asks first whether it may be had: throws a Refusal otherwise, or what `fetch` throws.
 * @param {string} id
 * @param {Side} as
 */
export async function saveFile(id, as) {
  const { ok, status } = await request(`/v1/files/${id}?as=${as}`, { method: "HEAD" });
  if (!ok) throw new Refusal(status);
  const link = document.createElement("a");
  link.href = await fileAddress(id, { as, save: true });
  link.download = "";
  link.click();
}
