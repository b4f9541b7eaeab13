/** Chunks: scripts of a page that are loaded when what they draw is first opened. */

/**
 * What kept a chunk from coming. `stale`: the server is there, so asking again is no use, and the page has to be loaded
 * anew: it is of a build that was replaced, or the browser does not ask twice for a module that once failed.
 */
class ChunkError extends Error {
  /** @param {boolean} stale */
  constructor(stale) {
    super("a chunk of the page did not come");
    this.stale = stale;
  }
}

/** @param {unknown} error Whatever a chunk, or what was done with it, threw. */
export const isStale = (error) => error instanceof ChunkError && error.stale;

/**
 * The module that `load` imports; what it says is there as well.
 * @template T
 * @param {() => Promise<T>} load
 */
export async function loadChunk(load) {
  try {
    const [module] = await Promise.all([load(), laterWords()]);
    return module;
  } catch {
    throw new ChunkError(await answers());
  }
}

/** What only chunks say is put beside the words of the page (i18n.js), which know where it is. */
async function laterWords() {
  const { default: words, later } = await import(document.documentElement.dataset.words ?? "");
  Object.assign(words, (await later()).default);
}

/** Whether the server answers at all, be it that our own script is not there any more. */
const answers = () =>
  fetch(import.meta.url, { method: "HEAD", cache: "no-store", credentials: "omit" }).then(
    () => true,
    () => false,
  );
