/** Connection trouble: a thin line, five seconds after it began; gone by itself. */

import { html, useEffect, useSignal } from "../lib.js";
import { t } from "../i18n.js";

const BANNER_DELAY_MS = 5_000; // shorter trouble is not worth a word

/** @param {{ lost: boolean }} props */
export function Banner({ lost }) {
  const shown = useSignal(false);
  useEffect(() => {
    if (!lost) {
      shown.value = false;
      return undefined;
    }
    const timer = setTimeout(() => (shown.value = true), BANNER_DELAY_MS);
    return () => clearTimeout(timer);
  }, [lost]);
  return html`<div class="banner" role="status">${shown.value && html`<p>${t("lost.banner")}</p>`}</div>`;
}
