/**
 * The console's screens beside the live list. Each is a module with a default component that is given `workspace`, fetched
 * when it is first opened, and a place in the address: `#/name`.
 */

import { linkInAddress } from "./mailed/link.js";

/** @import { Content, Key, Me, Route } from "../types.d.ts" */
/** @import { Workspace } from "./workspace.js" */
/** @import { IconName } from "./components/icons.js" */

/**
 * `icon` and `words` stand on the rail, `goes` is what the command is called; `admin`: for administrators alone; `within`:
 * the screen that leads there instead of the rail.
 * @type {Record<string, { icon?: IconName, words: Key, goes: Key, load: () => Promise<{ default: (props: { workspace: Workspace }) => Content }>, admin?: boolean, within?: string }>}
 */
export const SCREENS = {
  find: { icon: "search", words: "rail.find", goes: "key.find", load: () => import("./find/screen.js") },
  reports: { icon: "reports", words: "rail.reports", goes: "key.reports", load: () => import("./reports/screen.js") },
  settings: {
    icon: "settings",
    words: "rail.settings",
    goes: "key.settings",
    load: () => import("./settings/screen.js"),
  },
  hours: {
    words: "rail.hours",
    goes: "key.hours",
    load: () => import("./settings/hours/screen.js"),
    admin: true,
    within: "settings",
  },
  site: {
    words: "rail.site",
    goes: "key.site",
    load: () => import("./site/screen.js"),
    admin: true,
    within: "settings",
  },
  identity: {
    words: "rail.identity",
    goes: "key.identity",
    load: () => import("./site/identity.js"),
    admin: true,
    within: "settings",
  },
  mail: {
    words: "rail.mail",
    goes: "key.mail",
    load: () => import("./mail/screen.js"),
    admin: true,
    within: "settings",
  },
  delivery: {
    words: "rail.delivery",
    goes: "key.delivery",
    load: () => import("./delivery/screen.js"),
    admin: true,
    within: "settings",
  },
};

/**
 * The names of the screens this agent may open, in their order.
 * @param {Me} me
 */
export const screensFor = (me) =>
  Object.keys(SCREENS).filter((name) => !SCREENS[name].admin || me.agent_role === "admin");

const SCREEN_PREFIX = "#/";

/** What the address asks for: `{screen, uid}`, each null where it does not say. @returns {Route} */
export function fromAddress() {
  const { hash } = location;
  if (!hash.startsWith(SCREEN_PREFIX)) return { screen: null, uid: (!linkInAddress() && hash.slice(1)) || null };
  const name = hash.slice(SCREEN_PREFIX.length);
  return { screen: Object.hasOwn(SCREENS, name) ? name : null, uid: null };
}

/** @param {Partial<Route>} route */
export const addressOf = ({ screen, uid }) => (screen ? SCREEN_PREFIX + screen : uid ? `#${uid}` : location.pathname);
