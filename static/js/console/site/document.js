/** What the shop decided about the chat on its own site, as the server has it. */

import { signal } from "../../lib.js";
import { call, get } from "../../api.js";
import { siteless } from "../siteless.js";

/** @import { Signal, Widget } from "../../types.d.ts" */
/** @import { Source } from "../settings/form.js" */

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
