/** What comes below the thread, and who reads it. */

const NEAR_END_PX = 60; // as of the thread

/**
 * Whoever is at the end of the thread sees all of it; whoever reads further up is left where they are.
 * @param {HTMLElement | null} card
 */
export function keepInSight(card) {
  const thread = card?.parentElement;
  if (!card || !thread) return;
  const below = thread.scrollHeight - thread.scrollTop - thread.clientHeight;
  if (below <= card.offsetHeight + NEAR_END_PX) thread.scrollTop = thread.scrollHeight;
}
