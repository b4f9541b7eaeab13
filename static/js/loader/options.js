/** What the shop decided: put in by the server (app/web/widget_script.py), and overruled by `data-...` of the tag. */

/** @import { LoaderOptions } from "../types.d.ts" */

const ADDRESS = /https?:\/\/[^/]+(?=\/widget\.js)/;

// Brought by a tag manager or by `import` no script is the current one; an optimiser may have put it into another.
const tag = /** @type {HTMLScriptElement[]} */ ([document.currentScript, ...document.scripts]).find((script) =>
  ADDRESS.test(script?.src),
);

/** @type {LoaderOptions} */
export const options = { ...CHATADMIN_CONFIG, ...tag?.dataset };

/** The chat's own. Without a tag (`import`) the call stack alone knows where this script is from. */
export const chatOrigin = /** @type {string[]} */ (ADDRESS.exec(tag?.src ?? `${new Error().stack}`))[0];
