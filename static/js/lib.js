/** What the pages use of Preact, signals and htm; of vendor/, nothing else imports these. */

import { h } from "../vendor/preact.mjs";
import { useRef } from "../vendor/hooks.mjs";
import htm from "../vendor/htm.mjs";

/** @import { Markup, Ref, Value } from "./types.d.ts" */

export { render, h, Fragment } from "../vendor/preact.mjs";
export { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "../vendor/hooks.mjs";
export {
  batch,
  computed,
  effect,
  signal,
  untracked,
  useComputed,
  useSignal,
  useSignalEffect,
} from "../vendor/signals.mjs";

/** JSX as template literals. Values are text: nothing a person wrote is ever parsed as HTML. */
export const html = /** @type {(strings: TemplateStringsArray, ...values: Value[]) => Markup} */ (htm.bind(h));

/**
 * A ref for an element that is on the page whenever the effects and handlers of its component run.
 *
 * @template {Element} T
 * @returns {Ref<T>}
 */
export const useElement = () => useRef(/** @type {T} */ (/** @type {unknown} */ (null)));
