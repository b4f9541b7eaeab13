/** The place of a screen: its skeleton until its script has come, or a sentence and a button where it did not. */

import { html, useEffect, useElement, useLayoutEffect, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { isStale, loadChunk } from "../../chunk.js";
import { SCREENS } from "../screens.js";

/** @import { Ref } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, name: string }} props */
export function Screen({ workspace, name }) {
  const [shown, set] = useState(/** @type {{ Content?: object, failed?: boolean, stale?: boolean } | null} */ (null));
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  const load = () =>
    loadChunk(SCREENS[name].load).then(
      (module) => set({ Content: module.default }),
      (error) => set({ failed: true, stale: isStale(error) }),
    );
  useEffect(() => void load(), []);
  useLayoutEffect(() => workspace.focuses("screen", () => box.current?.focus()), [workspace]);
  const Content = shown?.Content;
  useEffect(() => {
    // whoever came here waited with the focus on the box: on to what the screen begins with
    if (Content && document.activeElement === box.current) workspace.focus("screen");
  }, [Content]);
  return html`<section ref=${box} class="screen" id="screen" data-screen=${name} tabindex="-1" aria-label=${t(SCREENS[name].words)} aria-busy=${!shown}>
    ${Content && html`<${Content} workspace=${workspace} />`}
    ${
      shown?.failed &&
      html`<div class="case-failed" role="alert">
      <p>${t(shown.stale ? "chunk.stale" : "error.unreachable")}</p>
      ${
        shown.stale
          ? html`<button type="button" class="button" onClick=${() => location.reload()}>${t("chunk.reload")}</button>`
          : html`<button type="button" class="button" onClick=${load}>${t("case.again")}</button>`
      }
    </div>`
    }
  </section>`;
}
