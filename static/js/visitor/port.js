/**
 * A frame's port to the loader, on the page of one of the shop's sites. That page is a stranger until it has shown to be
 * of a site: before, it hears one word that says nothing; afterwards, all goes by a port that nobody else has.
 */

const { frame } = document.documentElement.dataset;

/** Whether this page is made for a frame. */
export const isFrame = frame !== undefined;

/** @type {string[]} */
const sites = JSON.parse(frame ?? "[]");

/**
 * Whether it is the origin of a site, or of this page itself. `https://*.example.com` is any name below.
 * @param {string} origin
 */
export const isSite = (origin) => origin === location.origin || sites.some((site) => matches(site, origin));

/**
 * @param {string} site
 * @param {string} origin
 */
function matches(site, origin) {
  const [start, end] = site.split("*");
  return end === undefined
    ? site === origin
    : origin.startsWith(start) && origin.endsWith(end) && origin.length > start.length + end.length;
}

/** @returns {Promise<MessagePort>} */
export const portOfLoader = () =>
  new Promise((resolve) => {
    /** @param {MessageEvent} event */
    const hear = ({ source, origin, data, ports }) => {
      if (source !== parent || data !== "chatadmin:port" || ports.length !== 1 || !isSite(origin)) return;
      removeEventListener("message", hear);
      resolve(ports[0]);
    };
    addEventListener("message", hear);
    parent.postMessage("chatadmin:ready", "*"); // whose page it is, nobody knows yet
  });
