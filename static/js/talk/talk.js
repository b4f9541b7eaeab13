/** What messages need, and a page in which none was written does not. */

import { putOn } from "../sheets.js";
import { SHEET } from "./sheet.js";

export { isEmojiAlone } from "../emoji/alone.js";
export { Quote, reveal } from "../quote/quote.js";
export { Quoted } from "../quote/quoted.js";
export { quoteOf, Tray } from "../quote/tray.js";

putOn(document, SHEET);
