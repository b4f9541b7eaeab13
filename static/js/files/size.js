/** What is said of a file beside its name: how large it is, and of what kind. */

import { locale } from "../time.js";

const STEP = 1024;
const LONGEST_EXTENSION = 5; // letters that there is room for

/** @param {string} unit */
const format = (unit) =>
  new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 });
const kilobytes = format("kilobyte");
const megabytes = format("megabyte");

/** @param {number} bytes */
export function sizeOf(bytes) {
  const kilo = Math.max(1, Math.round(bytes / STEP));
  return kilo < STEP ? kilobytes.format(kilo) : megabytes.format(bytes / STEP / STEP);
}

/** What its name ends with, if that is short. @param {string} name */
export function extensionOf(name) {
  const [, extension = ""] = /\.([a-z0-9]+)$/i.exec(name) ?? [];
  return extension.length > LONGEST_EXTENSION ? "" : extension.toUpperCase();
}
