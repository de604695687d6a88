/** Where a picture lies within its square. Pure. */

/**
 * Fits a picture into a square, on whole pixels of the screen.
 *
 * @param side of the square, in pixels of CSS, as is the result
 * @param ratio pixels of the screen for one of CSS
 */
export function fitted(width: number, height: number, side: number, ratio: number) {
  const scale = (side * ratio) / Math.max(width, height);
  const whole = (length: number) => Math.max(Math.round(length * scale), 1);
  const [w, h] = [whole(width), whole(height)];
  const margin = (length: number) => Math.floor((Math.round(side * ratio) - length) / 2) / ratio;
  return { x: margin(w), y: margin(h), width: w / ratio, height: h / ratio };
}
