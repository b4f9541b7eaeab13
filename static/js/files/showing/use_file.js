/** A file on its way into the page. */

import { useEffect, useState } from "../../lib.js";
import { fileAddress, renew } from "../address.js";

/** @import { Side } from "../../types.d.ts" */

/**
 * A picture is there: what it leaves transparent has a ground from now on, and not while it is awaited.
 * @param {{ currentTarget: HTMLElement }} event
 */
export const come = ({ currentTarget }) => (currentTarget.dataset.come = "");

/**
 * `address`: where it is had, "" until that is known; `failed`: it does not come. `again` asks anew; `onError` is what
 * the element says that shows it.
 * @param {string} id
 * @param {Side} as
 */
export function useFile(id, as) {
  const [{ of, address, failed }, set] = useState({ of: "", address: "", failed: false });
  const load = () => {
    let over = false;
    const found = (/** @type {string} */ where, wrong = false) =>
      over || set({ of: id, address: where, failed: wrong });
    found("");
    fileAddress(id, { as }).then(found, () => found("", true));
    return () => (over = true);
  };
  useEffect(load, [id]);
  const again = () => {
    renew();
    load();
  };
  const known = of === id; // else it is that of the file before
  return {
    address: known ? address : "",
    failed: known && failed,
    again,
    onError: () => set({ of: id, address: "", failed: true }),
  };
}
