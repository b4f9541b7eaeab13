/** The place of a screen: its skeleton until its script has come, or a sentence and a button where it did not. */

import { html, useEffect, useElement, useLayoutEffect, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { SCREENS } from "../screens.js";

export function Screen({ desk, name }) {
  const [part, set] = useState(null); // {Content} or {failed}
  const box = useElement();
  const load = () =>
    SCREENS[name].load().then(
      (module) => set({ Content: module.default }),
      () => set({ failed: true }),
    );
  useEffect(() => void load(), []);
  useLayoutEffect(() => desk.focuses("screen", () => box.current?.focus()), [desk]);
  const Content = part?.Content;
  useEffect(() => {
    // whoever came here waited with the focus on the box: on to what the screen begins with
    if (Content && document.activeElement === box.current) desk.focus("screen");
  }, [Content]);
  return html`<section ref=${box} class="screen" id="screen" data-screen=${name} tabindex="-1" aria-label=${t(`rail.${name}`)} aria-busy=${!part}>
    ${Content && html`<${Content} desk=${desk} />`}
    ${
      part?.failed &&
      html`<div class="case-failed" role="alert">
      <p>${t("error.unreachable")}</p>
      <button type="button" class="button" onClick=${load}>${t("case.again")}</button>
    </div>`
    }
  </section>`;
}
