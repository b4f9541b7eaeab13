/** A conversation to keep: a file that opens anywhere, or one for programs. */

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Where the server makes it; `format` is "html" or "json". */
export const transcriptUrl = (uid, format) => `/v1/transcript?as=agent&client=${encodeURIComponent(uid)}&format=${format}&tz=${encodeURIComponent(zone())}`;

/** Has the browser save it. */
export function save(uid, format) {
  const link = Object.assign(document.createElement("a"), { href: transcriptUrl(uid, format), download: "" });
  link.click();
}
