/** Whether the chat is on no site of the shop's yet: what the console then offers to begin with. */

import { signal } from "../lib.js";
import { app } from "../shop.js";

export const siteless = signal("siteless" in app.dataset);
