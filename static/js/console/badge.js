/** How many people need the agent, where it shows with the console in the background: title, icon, app badge. */

const ICON_SIZE = 64; // pixels; browsers scale it down

/**
 * Puts `count` before `title`, a dot on the page's icon, and a number on an installed app.
 * @param {number} count
 * @param {string} title
 */
export function showCount(count, title) {
  document.title = count ? `(${count}) ${title}` : title;
  navigator.setAppBadge?.(count).catch(() => {}); // only where the console was installed as an app
  const link = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=icon]"));
  if (link) link.href = icon(count);
}

/** @type {Map<string, string>} */
const drawn = new Map();

/** @param {number} count */
function icon(count) {
  const text = count > 9 ? "9+" : String(count || "");
  const picture = drawn.get(text) ?? draw(text);
  drawn.set(text, picture);
  return picture;
}

/** @param {string} text */
function draw(text) {
  const canvas = Object.assign(document.createElement("canvas"), { width: ICON_SIZE, height: ICON_SIZE });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.strokeStyle = text ? "#c62f3b" : "#2f5bd3";
  pen.lineJoin = "round"; // a line so wide that it fills what it goes around: `roundRect` is younger than our browsers
  pen.lineWidth = 36;
  pen.strokeRect(20, 20, ICON_SIZE - 40, ICON_SIZE - 40);
  pen.fillStyle = "#fff";
  pen.font = "700 38px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  if (text) pen.fillText(text, ICON_SIZE / 2, ICON_SIZE / 2 + 3);
  else for (const y of [24, 36]) pen.fillRect(18, y, y === 24 ? 28 : 18, 5);
  return canvas.toDataURL("image/png");
}
