/** What the shop decided about the chat on its own site, as the server has it. */

import { signal, useEffect, useState } from "../../lib.js";
import { call, get } from "../../api.js";
import { siteless } from "../siteless.js";

/** @import { Signal, Widget } from "../../types.d.ts" */
/** @import { Source } from "../settings/form.js" */

const LOOK_INTERVAL_MS = 5_000; // a page that was just opened is said to have been seen within a moment

/** null until it is known. @type {Signal<Widget | null>} */
export const widget = signal(null);

/** @param {Widget} now */
function learn(now) {
  if (JSON.stringify(now) !== JSON.stringify(widget.peek())) widget.value = now;
  siteless.value = !now.sites.length && !now.fixed_sites.length;
}

/** @type {Source} */
export const WIDGET = {
  now: widget,
  change: async (asked) => learn((await call("PUT", "/v1/widget?as=agent", asked)).value),
  load: () => get("/v1/widget?as=agent").then(learn),
};

/**
 * Asks how it stands, and from time to time again, as it says where the chat was seen and when a key was used. Returns
 * whether that failed.
 * @param {boolean} may
 */
export function useWidget(may) {
  const [failed, fail] = useState(false);
  useEffect(() => {
    if (!may) return undefined;
    const load = () =>
      WIDGET.load().then(
        () => fail(false),
        () => fail(true),
      );
    load();
    const timer = setInterval(() => document.hidden || load(), LOOK_INTERVAL_MS);
    return () => clearInterval(timer);
  }, []);
  return failed;
}
