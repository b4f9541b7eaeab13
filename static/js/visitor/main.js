/** Starts the visitor's page. What talks with the page around it, a frame alone needs. */

import "../browser.js";
import { hosted } from "./hosted.js";
import { Page } from "./page.js";
import { isFrame } from "./port.js";

if (isFrame) import("./framed.js").then(({ Framed }) => new Page((host) => new Framed(host)));
else new Page(hosted);
