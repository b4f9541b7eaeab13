/** Where answers go may have changed meanwhile: an agent put it right, mail there came back, or its reader stopped it. */

import { useEffect } from "../lib.js";
import { get } from "../api.js";

/** @import { Visit } from "../visitor/visit.js" */

/**
 * While an address is shown it is asked for anew, once there is an answer, a connection again, or somebody who looks.
 * @param {Visit} visit
 * @param {boolean} isShown
 */
export function useAsItStands({ contact, connection, conversation, me }, isShown) {
  const isLive = connection.state.value === "live";
  const said = conversation.history.entries.value.filter((entry) => entry.user.uid !== me.uid).length;
  useEffect(() => {
    if (!isShown || !isLive) return undefined;
    const look = () => {
      if (document.hidden) return;
      get("/v1/me?as=visitor").then(
        (now) => (contact.value = now.contact),
        () => {}, // the next look shows it
      );
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [isShown, isLive, said]);
}
