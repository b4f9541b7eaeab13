/** What the chat asks for where answers can come by mail: an address, beside the first message or later. */

import "./look.js";

export { Card } from "./card.js";
export { Field } from "./field.js";
