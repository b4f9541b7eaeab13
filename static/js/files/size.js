/** How large a file is, in words. */

import { locale } from "../time.js";

const STEP = 1024;

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
