/** The look of what asks for an address, once any of it is there. */

import { putOn } from "../sheets.js";
import { SHEET } from "./sheet.js";

putOn(document, SHEET);
