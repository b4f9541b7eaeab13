/** The page that led here, as far as that site lets it be known; a reload of our own page is none. */
export const cameFrom = () => (document.referrer.startsWith(location.origin) ? "" : document.referrer);
