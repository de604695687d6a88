// The goods of the shop as SVG, about 100 units high and wide around the origin, standing on y = 50.

/** @typedef {import('./random.mjs').Random} Random */

/**
 * A colour and a darker and a lighter one of the same hue.
 *
 * @param {Random} r
 */
function paint(r) {
  const hue = r.whole(0, 359);
  const saturation = r.whole(15, 75);
  const light = r.whole(32, 72);
  /** @param {number} by */
  const shade = (by) => `hsl(${hue},${saturation}%,${Math.max(4, Math.min(96, light + by))}%)`;
  return { base: shade(0), dark: shade(-16), light: shade(16) };
}

/**
 * Stripes, dots or nothing, to be clipped to a body.
 *
 * @param {Random} r @param {string} colour
 */
function pattern(r, colour) {
  const kind = r.whole(0, 3);
  if (kind === 0) {
    const step = r.whole(9, 16);
    return Array.from(
      { length: 9 },
      (_, i) => `<rect x="-60" y="${-50 + i * step}" width="120" height="${step / 2}" fill="${colour}"/>`,
    ).join('');
  }
  if (kind === 1) {
    const step = r.whole(13, 19);
    return Array.from(
      { length: 81 },
      (_, i) =>
        `<circle cx="${((i % 9) - 4) * step}" cy="${(Math.floor(i / 9) - 4) * step}" r="${step / 4}" fill="${colour}"/>`,
    ).join('');
  }
  return '';
}

/**
 * A body with its pattern and light from the left.
 *
 * @param {Random} r @param {string} shape path data @param {{base: string, dark: string, light: string}} colours
 */
function body(r, shape, { base, dark, light }) {
  return `<clipPath id="body"><path d="${shape}"/></clipPath><path d="${shape}" fill="${base}"/>
    <g clip-path="url(#body)">${pattern(r, r.chance(0.5) ? dark : light)}
    <rect x="-70" y="-60" width="140" height="120" fill="url(#round)"/></g>`;
}

/** @param {Random} r */
function mug(r) {
  const colours = paint(r);
  const half = r.between(25, 32);
  const top = r.between(-40, -26);
  const foot = half * r.between(0.8, 1);
  const loop = r.between(11, 16);
  const middle = (top + 50) / 2;
  const shape = `M${-half},${top} L${half},${top} L${foot},44 Q${foot},50 ${foot - 6},50 L${-foot + 6},50 Q${-foot},50 ${-foot},44 Z`;
  return `<ellipse cx="${half - 1}" cy="${middle}" rx="${loop}" ry="${(50 - top) * 0.27}" fill="none" stroke="${colours.dark}" stroke-width="6"/>
    ${body(r, shape, colours)}
    <ellipse cx="0" cy="${top}" rx="${half}" ry="6" fill="${colours.light}"/><ellipse cx="0" cy="${top + 1}" rx="${half - 4}" ry="4" fill="#3b2418"/>`;
}

/** @param {Random} r */
function teapot(r) {
  const colours = paint(r);
  const half = r.between(26, 34);
  const top = r.between(-16, -4);
  const shape = `M${-half * 0.6},${top} L${half * 0.6},${top} C${half * 1.3},${top + 12} ${half * 1.2},48 ${half * 0.55},50 L${-half * 0.55},50 C${-half * 1.2},48 ${-half * 1.3},${top + 12} ${-half * 0.6},${top} Z`;
  const handle = `<ellipse cx="${-half}" cy="${top + 28}" rx="12" ry="16" fill="none" stroke="${colours.dark}" stroke-width="6"/>`;
  return `${handle}<path d="M${half * 0.8},36 Q${half + 12},26 ${half + 15},${top} L${half + 7},${top} Q${half + 2},18 ${half * 0.8},16 Z" fill="${colours.dark}"/>
    ${body(r, shape, colours)}
    <ellipse cx="0" cy="${top}" rx="${half * 0.62}" ry="5" fill="${colours.light}"/><circle cx="0" cy="${top - 7}" r="5" fill="${colours.dark}"/>`;
}

/** @param {Random} r */
function vase(r) {
  const colours = paint(r);
  const half = r.between(17, 26);
  const neck = r.between(7, 11);
  const top = r.between(-34, -14);
  const belly = r.between(10, 30);
  const shape = `M${-neck - 4},${top} L${neck + 4},${top} Q${neck - 3},${top + 10} ${neck},${top + 16} C${half * 1.5},${belly} ${half},44 ${half * 0.6},50 L${-half * 0.6},50 C${-half},44 ${-half * 1.5},${belly} ${-neck},${top + 16} Q${-neck + 3},${top + 10} ${-neck - 4},${top} Z`;
  const flowers = r.chance(0.5)
    ? Array.from({ length: r.whole(2, 4) }, () => {
        const [x, y] = [r.between(-24, 24), top - r.between(10, 26)];
        return `<path d="M0,${top + 4} Q${x / 3},${(top + y) / 2} ${x},${y}" fill="none" stroke="#4c7a3a" stroke-width="2.5"/><circle cx="${x}" cy="${y}" r="${r.between(5, 8)}" fill="${paint(r).light}"/><circle cx="${x}" cy="${y}" r="2.5" fill="#e9c64a"/>`;
      }).join('')
    : '';
  return `${flowers}${body(r, shape, colours)}`;
}

/** @param {Random} r */
function lamp(r) {
  const shade = paint(r);
  const foot = paint(r);
  const [top, bottom] = [r.between(12, 20), r.between(27, 36)];
  const height = r.between(28, 40);
  const stem = r.between(2, 4);
  return `<rect x="${-stem}" y="-10" width="${2 * stem}" height="56" fill="${foot.dark}"/><path d="M-20,50 Q-18,41 0,41 Q18,41 20,50 Z" fill="${foot.base}"/>
    ${body(r, `M${-top},-46 L${top},-46 L${bottom},${height - 46} L${-bottom},${height - 46} Z`, shade)}`;
}

/** @param {Random} r */
function clock(r) {
  const colours = paint(r);
  const size = r.between(30, 38);
  const y = 44 - size;
  const [hour, minute] = [r.between(0, 6.28), r.between(0, 6.28)];
  const ticks = Array.from({ length: 12 }, (_, i) => {
    const [s, c] = [Math.sin((i * Math.PI) / 6), Math.cos((i * Math.PI) / 6)];
    return `<line x1="${s * size * 0.62}" y1="${y + c * size * 0.62}" x2="${s * size * 0.74}" y2="${y + c * size * 0.74}" stroke="#333" stroke-width="2"/>`;
  }).join('');
  const bells = r.chance(0.6)
    ? `<circle cx="${-size * 0.6}" cy="${y - size * 0.85}" r="9" fill="${colours.dark}"/><circle cx="${size * 0.6}" cy="${y - size * 0.85}" r="9" fill="${colours.dark}"/>`
    : '';
  return `${bells}<path d="M${-size * 0.7},50 L${-size * 0.4},${y + size * 0.7} M${size * 0.7},50 L${size * 0.4},${y + size * 0.7}" stroke="${colours.dark}" stroke-width="6"/>
    <circle cx="0" cy="${y}" r="${size}" fill="${colours.base}"/><circle cx="0" cy="${y}" r="${size * 0.8}" fill="#f4f0e6"/>${ticks}
    <line x1="0" y1="${y}" x2="${Math.sin(hour) * size * 0.4}" y2="${y + Math.cos(hour) * size * 0.4}" stroke="#222" stroke-width="4"/>
    <line x1="0" y1="${y}" x2="${Math.sin(minute) * size * 0.6}" y2="${y + Math.cos(minute) * size * 0.6}" stroke="#222" stroke-width="2.5"/>`;
}

/** @param {Random} r */
function chair(r) {
  const colours = paint(r);
  const half = r.between(19, 27);
  const seat = r.between(4, 14);
  const back = r.chance(0.5)
    ? `<rect x="${-half}" y="-46" width="${2 * half}" height="34" rx="6" fill="${colours.light}"/>`
    : Array.from(
        { length: 4 },
        (_, i) =>
          `<rect x="${-half + 3 + (i * (2 * half - 10)) / 3}" y="-44" width="4" height="46" fill="${colours.light}"/>`,
      ).join('');
  return `<path d="M${-half + 2},-46 V50 M${half - 2},-46 V50" stroke="${colours.dark}" stroke-width="5"/>${back}
    <rect x="${-half - 1}" y="-47" width="${2 * half + 2}" height="6" rx="3" fill="${colours.base}"/>
    <path d="M${-half - 3},${seat} H${half + 3} L${half + 8},${seat + 9} H${-half - 8} Z" fill="${colours.base}"/>
    <path d="M${-half - 5},${seat + 9} V50 M${half + 5},${seat + 9} V50" stroke="${colours.base}" stroke-width="5"/>`;
}

/** By the label of their class. */
export const OBJECTS = { chair, clock, lamp, mug, teapot, vase };
