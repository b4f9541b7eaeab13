/**
 * What the browser keeps: `local` for every page and visit, `session` for one tab. It may refuse to, in private windows,
 * on a full disk or by policy; what was to be kept then lasts as long as the page.
 */

/** @param {() => Storage} storage Throws where even asking for it is refused. */
function guarded(storage) {
  /**
   * @template T
   * @param {(kept: Storage) => T} act
   */
  const trying = (act) => {
    try {
      return act(storage());
    } catch {
      return null;
    }
  };
  return {
    /** @param {string} key */
    get: (key) => trying((kept) => kept.getItem(key)),
    /**
     * Keeps `text`; null forgets what was there.
     * @param {string} key
     * @param {string | null} text
     */
    set: (key, text) => void trying((kept) => (text === null ? kept.removeItem(key) : kept.setItem(key, text))),
    clear: () => void trying((kept) => kept.clear()),
  };
}

export const local = guarded(() => localStorage);
export const session = guarded(() => sessionStorage);

/** Whether the browser keeps cookies of this site; some that do not say in `navigator.cookieEnabled` that they do. */
export function keepsCookies() {
  const name = "chatadmin_kept";
  document.cookie = `${name}=1; path=/; samesite=strict`;
  const kept = document.cookie.includes(`${name}=1`);
  document.cookie = `${name}=; path=/; samesite=strict; max-age=0`;
  return kept;
}

/**
 * The value that `text` is the JSON of; `otherwise` where there is none, or none that can be read.
 * @param {string | null} text
 * @param {any} otherwise
 */
export function parsed(text, otherwise) {
  try {
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}
