/** What the pages use of Preact, signals and htm: nothing else imports from vendor/. */

import { h } from "../vendor/preact.mjs";
import htm from "../vendor/htm.mjs";

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
export const html = htm.bind(h);
