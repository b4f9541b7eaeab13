/** The console's keys, in one table, which the sheet shows too. Matched by place on the keyboard, not by letter. */

/**
 * They do nothing inside a field; `alt` ones work there with Alt held, `control` ones need Control (or Command) anywhere.
 * @type {{ code: string, does: string, shows: string, alt?: boolean, control?: boolean, shift?: boolean }[]}
 */
export const KEYS = [
  { code: "KeyJ", does: "next", shows: "J", alt: true },
  { code: "KeyK", does: "previous", shows: "K", alt: true },
  { code: "KeyC", does: "claim", shows: "C" },
  { code: "KeyR", does: "reply", shows: "R" },
  { code: "KeyN", does: "note", shows: "N" },
  { code: "KeyE", does: "resolve", shows: "E" },
  { code: "KeyS", does: "snooze", shows: "S" },
  { code: "KeyK", does: "palette", shows: "Ctrl K", control: true },
  { code: "Slash", does: "find", shows: "/" },
  { code: "Slash", shift: true, does: "sheet", shows: "?" },
  { code: "Escape", does: "escape", shows: "Esc" },
];

const FIELD_SELECTOR = "input, textarea, select, [contenteditable]";

/**
 * The name of what this key press asks for, or null.
 * @param {KeyboardEvent} event
 */
export function meant(event) {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return null;
  if (event.ctrlKey || event.metaKey) {
    const key = KEYS.find((known) => known.control && known.code === event.code);
    return key && !event.altKey && !event.shiftKey ? key.does : null;
  }
  const inField = event.target instanceof Element && Boolean(event.target.closest(FIELD_SELECTOR));
  const key = KEYS.find(
    (known) => !known.control && known.code === event.code && Boolean(known.shift) === event.shiftKey,
  );
  const found = key ?? (event.key === "?" ? KEYS.find((known) => known.does === "sheet") : null);
  if (!found) return null;
  if (found.code === "Escape") return event.altKey ? null : found.does;
  if (event.repeat && !found.alt) return null;
  if (event.altKey) return found.alt ? found.does : null;
  return inField ? null : found.does;
}
