/** The visitor takes the chat along: as a page to read, or as data for a program. */

import { html, useRef, useState } from "../lib.js";
import { t } from "../i18n.js";
import { address, download } from "../transcript.js";

const FORMATS = ["html", "json"];

export function Save() {
  const [open, setOpen] = useState(false);
  const [failed, setFailed] = useState(false);
  const trigger = useRef(null);
  const shut = () => (setOpen(false), setFailed(false));
  const leave = (event) => !event.currentTarget.contains(event.relatedTarget) && shut();
  const keys = (event) => {
    if (event.key !== "Escape" || !open) return;
    shut();
    trigger.current.focus();
  };
  const save = (format) =>
    download(address("visitor", format)).then(
      () => (shut(), trigger.current?.focus()),
      () => setFailed(true),
    );
  return html`<div class="save" onFocusOut=${leave} onKeyDown=${keys}>
    <button type="button" ref=${trigger} class="head-save" aria-label=${t("save.open")} title=${t("save.open")} aria-expanded=${open} onClick=${() => (open ? shut() : setOpen(true))}>
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M12 4v11m0 0 4.5-4.5M12 15l-4.5-4.5M5 19.5h14" /></svg>
    </button>
    ${open && html`<div class="save-menu">
      <p class="save-title">${t("save.open")}</p>
      ${FORMATS.map((format) => html`<button type="button" key=${format} onClick=${() => save(format)}>
        <b>${t(`save.${format}`)}</b><span>${t(`save.${format}.what`)}</span>
      </button>`)}
      <p class="save-failed" role="alert">${failed && t("save.failed")}</p>
    </div>`}
  </div>`;
}
