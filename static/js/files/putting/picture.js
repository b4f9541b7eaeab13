/** Pictures made smaller before they are sent: upright, at most so large, and without what a camera notes beside them. */

const MOST_PX = 2048; // of the longer side: more than any screen shows of a bubble, and readable when zoomed
const QUALITY = 0.85;
/** Bytes up to which a picture is sent as it is. A PNG is mostly a screenshot, whose letters JPEG would blur. */
const KEPT_BYTES = new Map([
  ["image/jpeg", 512 * 1024],
  ["image/webp", 512 * 1024],
  ["image/png", 2 * 1024 * 1024],
  ["image/gif", Infinity],
]);

/**
 * The picture as it is to be sent: JPEG, or what was given where that is small, moves, or is none that this browser reads.
 * @param {File} file
 */
export async function prepared(file) {
  if (!file.type.startsWith("image/") || file.size <= (KEPT_BYTES.get(file.type) ?? 0)) return file;
  if ((await moves(file)) || !isHonest()) return file;
  const canvas = await drawn(file, MOST_PX);
  /** @type {Blob | null | undefined} */
  const made = await new Promise((resolve) => (canvas ? canvas.toBlob(resolve, "image/jpeg", QUALITY) : resolve(null)));
  if (!made || (made.size >= file.size && KEPT_BYTES.has(file.type))) return file;
  return new File([made], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: made.type });
}

/**
 * The picture on a canvas, its longer side at most `most` pixels; null where this browser cannot read it.
 * @param {Blob} file
 * @param {number} most
 */
export async function drawn(file, most) {
  /** @type {ImageBitmap} */
  let bitmap;
  try {
    bitmap = await createImageBitmap(file); // which turns it upright
  } catch {
    return null;
  }
  const part = Math.min(1, most / Math.max(bitmap.width, bitmap.height));
  const canvas = blank(Math.max(1, Math.round(bitmap.width * part)), Math.max(1, Math.round(bitmap.height * part)));
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#fff"; // JPEG knows no transparency
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

/**
 * @param {number} width
 * @param {number} height
 */
const blank = (width, height) => Object.assign(document.createElement("canvas"), { width, height });

/** Whether what is drawn can be read again: browsers that hide who uses them may give noise instead. */
function isHonest() {
  const context = blank(8, 8).getContext("2d");
  if (!context) return false;
  context.fillStyle = "#285078";
  context.fillRect(0, 0, 8, 8);
  return context.getImageData(0, 0, 8, 8).data.every((value, n) => value === [0x28, 0x50, 0x78, 0xff][n % 4]);
}

/**
 * Whether a WebP is an animation, which its extended header says.
 * @param {File} file
 */
async function moves(file) {
  const head = new Uint8Array(await file.slice(0, 21).arrayBuffer());
  return String.fromCharCode(...head.slice(8, 16)) === "WEBPVP8X" && (head[20] & 2) > 0;
}
