/** The place of a screen: its skeleton until its script has come, or a sentence and a button where it did not. */

import { html, useEffect, useElement, useLayoutEffect, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { isStale, part } from "../../part.js";
import { SCREENS } from "../screens.js";

/** @import { Ref } from "../../types.d.ts" */
/** @import { Desk } from "../desk.js" */

/** @param {{ desk: Desk, name: string }} props */
export function Screen({ desk, name }) {
  const [shown, set] = useState(/** @type {{ Content?: object, failed?: boolean, stale?: boolean } | null} */ (null));
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  const load = () =>
    part(SCREENS[name].load).then(
      (module) => set({ Content: module.default }),
      (error) => set({ failed: true, stale: isStale(error) }),
    );
  useEffect(() => void load(), []);
  useLayoutEffect(() => desk.focuses("screen", () => box.current?.focus()), [desk]);
  const Content = shown?.Content;
  useEffect(() => {
    // whoever came here waited with the focus on the box: on to what the screen begins with
    if (Content && document.activeElement === box.current) desk.focus("screen");
  }, [Content]);
  return html`<section ref=${box} class="screen" id="screen" data-screen=${name} tabindex="-1" aria-label=${t(`rail.${name}`)} aria-busy=${!shown}>
    ${Content && html`<${Content} desk=${desk} />`}
    ${
      shown?.failed &&
      html`<div class="case-failed" role="alert">
      <p>${t(shown.stale ? "part.stale" : "error.unreachable")}</p>
      ${
        shown.stale
          ? html`<button type="button" class="button" onClick=${() => location.reload()}>${t("part.reload")}</button>`
          : html`<button type="button" class="button" onClick=${load}>${t("case.again")}</button>`
      }
    </div>`
    }
  </section>`;
}
