/** The nickname of last time, for those who come back after their session has ended. */

const KEY = "chatadmin.nickname";

export function remembered() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return ""; // no storage: asked again next time
  }
}

/** An empty one is forgotten: whoever leaves on a shared computer leaves nothing. */
export function remember(nickname) {
  try {
    if (nickname) localStorage.setItem(KEY, nickname);
    else localStorage.removeItem(KEY);
  } catch {
    // as above
  }
}
