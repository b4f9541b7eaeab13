// The tag of a shop's own site. The server puts the configuration in (app/web/widget_script.py).

/** @type {{ name: string }} */
// @ts-expect-error: no name of the browser's
// eslint-disable-next-line no-undef
const config = CHATADMIN_CONFIG;

document.dispatchEvent(new CustomEvent("chatadmin:ready", { detail: config.name }));
