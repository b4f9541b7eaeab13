/** Going on elsewhere, by a link: a code for the camera of a phone, and a line to copy. */

import { encode } from "../../../vendor/uqr.mjs";
import { html, useMemo } from "../../lib.js";
import { t } from "../../i18n.js";
import { CopyLine } from "../../components/copy_line.js";
import { Ask } from "./ask.js";

const QUIET_MODULES = 4; // the white around it that cameras need, by ISO/IEC 18004

/** @param {{ link: string, onClose: () => void }} props */
export function Phone({ link, onClose }) {
  return html`<${Ask} words=${t("phone.lead")} onClose=${onClose}>
    ${(/** @type {() => void} */ close) => html`
      <${Code} text=${link} />
      <${CopyLine} text=${link} label=${t("phone.link")} does=${t("phone.copy")} />
      <button type="button" class="button" onClick=${close}>${t("save.close")}</button>
    `}
  <//>`;
}

/** @param {{ text: string }} props */
function Code({ text }) {
  const { size, data } = useMemo(() => encode(text, { ecc: "M", border: QUIET_MODULES }), [text]);
  return html`<svg class="code" viewBox=${`0 0 ${size} ${size}`} role="img" aria-label=${t("phone.code")}><path d=${drawn(data)} /></svg>`;
}

/**
 * The path of its dark modules: a bar for each run of them in a row.
 * @param {boolean[][]} rows
 */
const drawn = (rows) =>
  rows
    .map((row, y) => {
      const line = row.map((dark) => (dark ? "#" : " ")).join("");
      return [...line.matchAll(/#+/g)]
        .map(({ 0: { length }, index }) => `M${index} ${y}h${length}v1h-${length}z`)
        .join("");
    })
    .join("");
