/**
 * The console's screens beside the live list. Each is a module with a default component that is given `desk`, fetched
 * when it is first opened, and a place in the address: `#/name`.
 */

/** @import { Content, Me, Where } from "../types.d.ts" */
/** @import { Desk } from "./desk.js" */
/** @import { IconName } from "./parts/icons.js" */

/**
 * `icon` and the words `rail.<name>` stand on the rail; `admin`: for administrators alone.
 * @type {Record<string, { icon: IconName, load: () => Promise<{ default: (props: { desk: Desk }) => Content }>, admin?: boolean }>}
 */
export const SCREENS = {
  find: { icon: "search", load: () => import("./find/screen.js") },
  reports: { icon: "reports", load: () => import("./reports/screen.js") },
  settings: { icon: "settings", load: () => import("./settings/screen.js") },
};

/**
 * The names of the screens this agent may open, in the rail's order.
 * @param {Me} me
 */
export const screensFor = (me) =>
  Object.keys(SCREENS).filter((name) => !SCREENS[name].admin || me.agent_role === "admin");

const PREFIX = "#/";

/** What the address asks for: `{screen, uid}`, each null where it does not say. @returns {Where} */
export function fromAddress() {
  const { hash } = location;
  if (!hash.startsWith(PREFIX)) return { screen: null, uid: hash.slice(1) || null };
  const name = hash.slice(PREFIX.length);
  return { screen: Object.hasOwn(SCREENS, name) ? name : null, uid: null };
}

/** @param {Partial<Where>} where */
export const addressOf = ({ screen, uid }) => (screen ? PREFIX + screen : uid ? `#${uid}` : location.pathname);
