/** What of emoji is loaded when somebody first asks for one. */

import { putOn } from "../sheets.js";
import { SHEET } from "./sheet.js";

export { Menu } from "./menu.js";
export { Picker } from "./picker.js";

putOn(document, SHEET);
