/** How the agent wishes to be told. */

import { preference } from "../preference.js";

export const soundOn = preference("sound", true);
export const popupsOn = preference("popups", true);
