/** A picture of the agent's machine: opened, drawn, and cut to what the server keeps. */

/** @import { Square } from "./square.js" */

const SENT_SIDE = 256; // pixels: four times what is shown of most, for fine screens
const MOST_BYTES = 64 * 1024; // as the server takes them
const MOST_SIDE = 2048; // pixels of what is worked on: a photograph would be slow to move
const QUALITIES = [0.9, 0.8, 0.6, 0.4];
const SVG = "image/svg+xml";
const COLOURS = { white: "#fff", dark: "#16191f" };
const PALE = 0.85; // how light a drawing is that white would swallow, of 1

/**
 * Opens a file, upright. Throws where the browser finds no picture in it.
 * @param {Blob} file
 */
export async function opened(file) {
  if (file.type === SVG) return drawnAt(MOST_SIDE, await vector(file));
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  if (Math.max(picture.width, picture.height) <= MOST_SIDE) return picture;
  const smaller = drawnAt(MOST_SIDE, picture);
  picture.close();
  return smaller;
}

/**
 * A drawing that has no pixels yet. Shown as an image it runs no script, and asks for nothing.
 * @param {Blob} file
 */
async function vector(file) {
  const reader = new FileReader();
  reader.readAsDataURL(file); // an address that our policy lets pages show
  await new Promise((done, fail) => Object.assign(reader, { onload: done, onerror: fail }));
  const image = Object.assign(new Image(), { src: String(reader.result) });
  await image.decode();
  return image;
}

/**
 * @param {number} side Pixels of the longer one.
 * @param {ImageBitmap | HTMLImageElement} picture
 */
function drawnAt(side, picture) {
  const scale = side / Math.max(picture.width, picture.height);
  const drawn = canvas(Math.ceil(picture.width * scale), Math.ceil(picture.height * scale));
  drawing(drawn).drawImage(picture, 0, 0, drawn.width, drawn.height);
  return drawn;
}

/** @typedef {Awaited<ReturnType<typeof opened>>} Picture */

/**
 * Fills a square canvas with a square of the picture.
 * @param {HTMLCanvasElement} target
 * @param {Picture} picture
 * @param {Square} square
 */
export function draw(target, picture, { x, y, side }) {
  const scale = target.width / side;
  const to = drawing(target);
  to.clearRect(0, 0, target.width, target.height);
  to.drawImage(picture, (side / 2 - x) * scale, (side / 2 - y) * scale, picture.width * scale, picture.height * scale);
}

/**
 * What has to be behind a picture so that it is seen: white, as pages have it, unless it is itself as light as that.
 * @param {Picture} picture
 * @returns {Ground}
 */
export function groundOf(picture) {
  const small = canvas(SENT_SIDE, SENT_SIDE);
  drawing(small).drawImage(picture, 0, 0, SENT_SIDE, SENT_SIDE);
  const { opaque, light } = lookAt(small);
  return !opaque && light > PALE ? "dark" : "white";
}

/** @typedef {keyof typeof COLOURS} Ground */

/**
 * The square as it is sent: a JPEG, or a PNG where one can see through it and the server takes it.
 * @param {Picture} picture
 * @param {Square} square
 * @param {Ground} ground
 */
export async function cut(picture, square, ground) {
  const sent = canvas(SENT_SIDE, SENT_SIDE);
  draw(sent, picture, square);
  const { opaque } = lookAt(sent);
  if (!opaque && ground === "white") {
    const png = await blob(sent, "image/png");
    if (png.size <= MOST_BYTES) return png;
  }
  if (!opaque) paintBehind(sent, COLOURS[ground]);
  for (const quality of QUALITIES) {
    const jpeg = await blob(sent, "image/jpeg", quality);
    if (jpeg.size <= MOST_BYTES) return jpeg;
  }
  throw new Error("a square of that size is always smaller");
}

/**
 * Whether nothing can be seen through it, and how light it is, of 1, where it is seen.
 * @param {HTMLCanvasElement} drawn
 */
function lookAt(drawn) {
  const { data: pixels } = drawing(drawn).getImageData(0, 0, drawn.width, drawn.height);
  let [seen, light] = [0, 0];
  for (let at = 0; at < pixels.length; at += 4) {
    seen += pixels[at + 3];
    light += pixels[at + 3] * (0.21 * pixels[at] + 0.72 * pixels[at + 1] + 0.07 * pixels[at + 2]);
  }
  return { opaque: seen === (pixels.length / 4) * 255, light: seen && light / seen / 255 };
}

/**
 * @param {HTMLCanvasElement} target
 * @param {string} colour
 */
function paintBehind(target, colour) {
  const to = drawing(target);
  to.globalCompositeOperation = "destination-over";
  to.fillStyle = colour;
  to.fillRect(0, 0, target.width, target.height);
}

/**
 * @param {number} width
 * @param {number} height
 */
const canvas = (width, height) => Object.assign(document.createElement("canvas"), { width, height });

/** @param {HTMLCanvasElement} target */
function drawing(target) {
  const to = /** @type {CanvasRenderingContext2D} */ (target.getContext("2d"));
  to.imageSmoothingQuality = "high";
  return to;
}

/**
 * @param {HTMLCanvasElement} target
 * @param {string} type
 * @param {number} [quality]
 * @returns {Promise<Blob>}
 */
const blob = (target, type, quality) =>
  new Promise((done, fail) =>
    target.toBlob((made) => (made ? done(made) : fail(new Error("the picture could not be written"))), type, quality),
  );
