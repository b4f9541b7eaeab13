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
 * The module that `load` imports.
 * @template T
 * @param {() => Promise<T>} load
 */
export async function loadChunk(load) {
  try {
    return await load();
  } catch {
    throw new ChunkError(await answers());
  }
}

/** Whether the server answers at all, be it that our own script is not there any more. */
const answers = () =>
  fetch(import.meta.url, { method: "HEAD", cache: "no-store", credentials: "omit" }).then(
    () => true,
    () => false,
  );
