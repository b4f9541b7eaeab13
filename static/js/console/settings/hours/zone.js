/** By which clock a shop opens. */

import { html } from "../../../lib.js";
import { t } from "../../../i18n.js";
import { locale } from "../../../time.js";
import { minutes } from "../../../today.js";
import { Field } from "../controls.js";
import { formatIn } from "./week.js";

/** @import { FieldEvent } from "../../../types.d.ts" */
/** @import { Attributes } from "../controls.js" */

/** What stands in names of zones for what is no part of the world. */
const APART = "UTC";

/**
 * The zones that this browser knows, and the one that is chosen, by the part of the world that their names begin with.
 * @param {string} chosen
 * @returns {Map<string, string[]>}
 */
function byPart(chosen) {
  const names = [...new Set([...Intl.supportedValuesOf("timeZone"), chosen, APART])].sort();
  const parts = new Map();
  for (const name of names) {
    const part = name.includes("/") ? name.slice(0, name.indexOf("/")) : APART;
    parts.set(part, [...(parts.get(part) ?? []), name]);
  }
  return parts;
}

/** What a zone is called within its part of the world. @param {string} name */
const city = (name) =>
  name
    .slice(name.indexOf("/") + 1)
    .replaceAll("_", " ")
    .replaceAll("/", " – ");

/** What time it is there, and what people call that. @param {string} zone */
function there(zone) {
  const format = formatIn(locale, {
    weekday: "long",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "long",
    timeZone: zone,
  });
  return t("hours.zone.now", { time: format.format(minutes.value) });
}

/** @param {{ zone: string, trouble?: string, onChange: (zone: string) => void }} props */
export function Zone({ zone, trouble, onChange }) {
  return html`<${Field}
    label=${t("hours.zone")}
    hint=${there(zone)}
    trouble=${trouble}
    control=${(
      /** @type {Attributes} */ tied,
    ) => html`<select class="field" ...${tied} value=${zone} onChange=${(/** @type {FieldEvent} */ event) => onChange(event.currentTarget.value)}>
      ${[...byPart(zone)].map(([part, names]) => html`<optgroup key=${part} label=${part}>${names.map((name) => html`<option key=${name} value=${name}>${city(name)}</option>`)}</optgroup>`)}
    </select>`}
  />`;
}
