/**
 * The square of a picture that is to be seen: its middle and its side, in pixels of the picture. No square is larger than
 * the picture's shorter side, or with `whole` its longer one, beyond which there is nothing.
 */

/** @typedef {{ x: number, y: number, side: number }} Square */
/** @typedef {{ width: number, height: number, whole: boolean }} Bounds */

export const MOST_ZOOM = 8;

/** @param {Bounds} bounds */
const largest = ({ width, height, whole }) => (whole ? Math.max : Math.min)(width, height);

/**
 * The one to begin with: as much as there is, from the middle.
 * @param {Bounds} bounds
 * @returns {Square}
 */
export const first = (bounds) => ({ x: bounds.width / 2, y: bounds.height / 2, side: largest(bounds) });

/**
 * How much of it is seen, 1 for as much as there is.
 * @param {Bounds} bounds
 * @param {Square} square
 */
export const zoomOf = (bounds, { side }) => largest(bounds) / side;

/**
 * The picture pulled by so many sides of the square, to the right and down.
 * @param {Bounds} bounds
 * @param {Square} square
 * @param {number} right
 * @param {number} down
 */
export const pulled = (bounds, { x, y, side }, right, down) =>
  within(bounds, { x: x - right * side, y: y - down * side, side });

/**
 * Zoomed to `zoom`; what is at the point `at`, in sides from the square's middle, stays there.
 * @param {Bounds} bounds
 * @param {Square} square
 * @param {number} zoom
 * @param {{ x: number, y: number }} [at]
 */
export function zoomed(bounds, { x, y, side: before }, zoom, at = { x: 0, y: 0 }) {
  const side = largest(bounds) / Math.min(Math.max(zoom, 1), MOST_ZOOM);
  return within(bounds, { x: x + at.x * (before - side), y: y + at.y * (before - side), side });
}

/**
 * @param {Bounds} bounds
 * @param {Square} square
 * @returns {Square}
 */
const within = ({ width, height }, { x, y, side }) => ({ x: inside(x, width, side), y: inside(y, height, side), side });

/**
 * Where the middle may be, so that nothing beyond the picture is seen; of what is narrower than the square all is.
 * @param {number} middle
 * @param {number} length
 * @param {number} side
 */
const inside = (middle, length, side) =>
  side >= length ? length / 2 : Math.min(Math.max(middle, side / 2), length - side / 2);
