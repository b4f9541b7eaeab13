/** Putting files in: what comes with the first one. A chunk of both pages. */

import { putOn } from "../../sheets.js";
import { SHEET } from "./sheet.js";

export { choose, sendAll } from "./choice.js";
export { Tray } from "./tray.js";
export { again, upload } from "./upload.js";
export { UploadBubble } from "./upload_bubble.js";

putOn(document, SHEET);
