/** The place of what is seldom opened at the log-in: what a mailed link does, and where one is asked for. */

import { html, useEffect, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { isStale, loadChunk } from "../../chunk.js";

/** @import { Me } from "../../types.d.ts" */
/** @import { linkInAddress } from "./link.js" */

/** `link`: null where one is asked for. @param {{ link: ReturnType<typeof linkInAddress>, onDone: (me: Me) => void, onClose: () => void }} props */
export function Door({ link, onDone, onClose }) {
  const [shown, set] = useState(/** @type {{ Card?: object, failed?: boolean, stale?: boolean }} */ ({}));
  const load = () =>
    loadChunk(() => import("./cards.js")).then(
      ({ Arriving, Forgot }) => set({ Card: link ? Arriving : Forgot }),
      (error) => set({ failed: true, stale: isStale(error) }),
    );
  useEffect(() => void load(), []);
  return html`<main class="login" aria-busy=${!shown.Card && !shown.failed}>
    ${shown.Card && html`<${shown.Card} link=${link} onDone=${onDone} onClose=${onClose} />`}
    ${
      shown.failed &&
      html`<div class="card" role="alert">
      <p>${t(shown.stale ? "chunk.stale" : "error.unreachable")}</p>
      <button type="button" class="button" onClick=${shown.stale ? () => location.reload() : load}>${t(shown.stale ? "chunk.reload" : "case.again")}</button>
    </div>`
    }
  </main>`;
}
