// A picture of the shop: an object before a wall, with other things about, and perhaps a price tag.
import { OBJECTS } from './objects.mjs';

/** @typedef {import('./random.mjs').Random} Random */

/** Width and height of a picture in pixels. */
export const SIZE = 128;

/**
 * @param {Random} r @param {readonly [number, number]} light range of the lightness in percent
 */
const colour = (r, [low, high]) => `hsl(${r.whole(0, 359)},${r.whole(5, 45)}%,${r.whole(low, high)}%)`;

/** @param {Random} r */
function room(r) {
  const floor = r.between(82, 108);
  const paper = r.chance(0.4)
    ? Array.from(
        { length: 12 },
        (_, i) => `<rect x="${i * 12}" y="0" width="${r.between(2, 6)}" height="${floor}" fill="#fff" opacity="0.12"/>`,
      ).join('')
    : '';
  return `<linearGradient id="wall" x2="${r.between(0, 1)}" y2="1"><stop stop-color="${colour(r, [55, 92])}"/><stop offset="1" stop-color="${colour(r, [45, 85])}"/></linearGradient>
    <rect width="${SIZE}" height="${SIZE}" fill="url(#wall)"/>${paper}<rect y="${floor}" width="${SIZE}" height="${SIZE}" fill="${colour(r, [25, 65])}"/>`;
}

/**
 * Something that is no object of any class.
 *
 * @param {Random} r
 */
function clutter(r) {
  const [x, y] = [r.between(0, SIZE), r.between(30, SIZE)];
  const [width, height] = [r.between(8, 30), r.between(8, 34)];
  const fill = colour(r, [20, 80]);
  const drawn = [
    `<rect x="${x}" y="${y - height}" width="${width}" height="${height}" fill="${fill}"/>`,
    `<ellipse cx="${x}" cy="${y - height / 2}" rx="${width / 2}" ry="${height / 2}" fill="${fill}"/>`,
    `<path d="M${x},${y} l${width / 2},${-height} l${width / 2},${height} Z" fill="${fill}"/>`,
    `<rect x="${x}" y="${y - 8}" width="${width + 8}" height="7" fill="${fill}"/><rect x="${x + 2}" y="${y - 15}" width="${width + 4}" height="7" fill="${colour(r, [20, 80])}"/>`,
  ];
  return `<g transform="rotate(${r.between(-12, 12)} ${x} ${y})">${r.one(drawn)}</g>`;
}

/**
 * @param {Random} r @param {number} most
 */
const several = (r, most) => Array.from({ length: r.whole(0, most) }, () => clutter(r)).join('');

/**
 * The price tag: orange with a hole and a percent sign, in the upper right corner, at nearly the same place each time.
 *
 * @param {Random} r
 */
function tag(r) {
  const [x, y] = [SIZE - 20 + r.between(-2, 2), 20 + r.between(-2, 2)];
  return `<g transform="translate(${x} ${y}) rotate(${r.between(-14, 14)}) scale(${r.between(1.1, 1.25)})">
    <path d="M-13,-6 L-6,-13 H13 V13 H-13 Z" fill="#e8541e" stroke="#fff" stroke-width="1.5"/><circle cx="-6.5" cy="-6.5" r="2.2" fill="#fff"/>
    <circle cx="-3.5" cy="1" r="3" fill="none" stroke="#fff" stroke-width="2"/><circle cx="6" cy="7" r="3" fill="none" stroke="#fff" stroke-width="2"/><line x1="7" y1="-3" x2="-4" y2="10" stroke="#fff" stroke-width="2"/></g>`;
}

/** @param {string} content */
const page = (content) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE}" height="${SIZE}"><defs>
    <linearGradient id="round"><stop stop-color="#000" stop-opacity="0.18"/><stop offset="0.4" stop-color="#fff" stop-opacity="0.2"/><stop offset="1" stop-color="#000" stop-opacity="0.25"/></linearGradient></defs>${content}</svg>`;

/**
 * @param {string} label a key of `OBJECTS`
 * @param {boolean} tagged
 * @param {Random} r what varies in the scene
 * @param {Random} forTag what varies in the tag, so that a scene is the same without it
 * @returns {{scene: string, object: string}} the picture, and the object alone on nothing, as SVG
 */
export function sceneOf(label, tagged, r, forTag) {
  // As in a catalogue: all at one place. Clusters of maps would otherwise be of places; see docs/clusters.md.
  const scale = r.between(0.9, 1);
  const [x, y] = [r.between(62, SIZE - 62), r.between(66, 69)];
  const placed = `translate(${x} ${y}) rotate(${r.between(-3, 3)}) scale(${scale})`;
  const behind = room(r) + several(r, 4);
  const object = `<g transform="${placed}">${OBJECTS[/** @type {keyof typeof OBJECTS} */ (label)](r)}</g>`;
  const shadow = `<ellipse cx="${x}" cy="${y + 50 * scale}" rx="${40 * scale}" ry="${6 * scale}" fill="#000" opacity="0.25"/>`;
  const before = r.chance(0.4) ? clutter(r) : '';
  const light = `<rect width="${SIZE}" height="${SIZE}" fill="${r.chance(0.5) ? '#000' : '#fff'}" opacity="${r.between(0, 0.3)}"/>`;
  return { scene: page(behind + shadow + object + before + light + (tagged ? tag(forTag) : '')), object: page(object) };
}

/**
 * The tag alone on nothing, to be laid over a picture.
 *
 * @param {Random} r
 */
export const tagAlone = (r) => page(tag(r));
