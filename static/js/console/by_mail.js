/** Whether this shop sends mail: where it does not, nothing is said of it, and nobody is asked for an address. */

import { app } from "../shop.js";

export const byMail = "byMail" in app.dataset;
