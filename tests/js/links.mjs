/** Prints, for each text of a JSON list on standard input, its links as `[shown, href]`. */

import { text } from "node:stream/consumers";
import { linksOf } from "../../static/js/links.js";

const links = (/** @type {string} */ one) => linksOf(one).map(({ start, end, href }) => [one.slice(start, end), href]);
process.stdout.write(JSON.stringify(JSON.parse(await text(process.stdin)).map(links)));
