// Compares the measurements with the paper's claims, in sentences.

/**
 * @typedef {import('./page.mjs').Report} Report
 * @typedef {import('./page.mjs').Found} Found
 */

const SIGNIFICANT = 0.05;

/** @param {number} value */
const signed = (value) => `${value < 0 ? '\u2212' : '+'}${Math.abs(value).toFixed(3)}`;

/**
 * Compares Group-CAM with another method.
 *
 * @param {Report} report
 * @param {string} other
 * @param {string} score
 */
function beside({ comparisons, maps, scores }, other, score) {
  const found = comparisons.find(
    ({ score: name, a, b }) => name === score && [a, b].includes('group-cam') && [a, b].includes(other),
  );
  const title = maps.find(({ map }) => map === other)?.title;
  const info = scores[score];
  if (!found || !title || !info) return undefined;
  const sign = (found.a === 'group-cam' ? 1 : -1) * (info.better === 'lower' ? -1 : 1);
  const { mean, interval, n } = found.difference;
  const gain = sign * mean;
  const range = interval && [sign * interval.low, sign * interval.high].sort((a, b) => a - b);
  const better = sign > 0 ? found.larger : found.smaller;
  const worse = sign > 0 ? found.smaller : found.larger;
  const significant = found.corrected < SIGNIFICANT;
  const verdict = significant ? (gain > 0 ? 'is better than' : 'is worse than') : 'does not differ significantly from';
  const p = found.corrected < 0.001 ? 'below 0.001' : found.corrected.toFixed(3);
  const numbers = `${signed(gain)}${range ? `, ${signed(range[0] ?? 0)} to ${signed(range[1] ?? 0)}` : ''}; better on ${better} and worse on ${worse} of ${n}; p ${p}`;
  return { verdict, title, significant, gain, text: `${verdict} ${title} (${numbers})` };
}

/** @param {Found} model */
export function claims({ table1, all, table4, times, ablation }) {
  return [
    ...(table1 ? scoreClaims(table1) : []),
    ...(all ? rankClaims(all) : []),
    ...(ablation ? ablationClaims(ablation) : []),
    ...(table4 ? pointingClaims(table4) : []),
    ...(times ? timeClaims(times) : []),
  ];
}

/** @param {Report} report */
function scoreClaims(report) {
  const lines = Object.keys(report.scores).flatMap((score) => {
    const found = beside(report, 'grad-cam', score);
    return found ? [`- ${report.scores[score]?.title}: Group-CAM ${found.text}.`] : [];
  });
  const plus = beside(report, 'grad-cam++', 'overall');
  const blob = beside(report, 'centre', 'overall');
  return [
    `**Does Group-CAM beat Grad-CAM?** The paper says so for deletion and insertion. These are the results on ${report.items} images; a positive difference is in favour of Group-CAM, whether the score is better high or low.`,
    lines.join('\n'),
    ...(plus ? [`By the over-all score, Group-CAM ${plus.text}${blob ? `, and it ${blob.text}` : ''}.`] : []),
  ];
}

/** @param {Report} report */
function rankClaims(report) {
  const ranked = report.maps
    .filter(({ scores }) => scores['overall'])
    .sort((a, b) => (b.scores['overall']?.mean ?? 0) - (a.scores['overall']?.mean ?? 0));
  const methods = ranked.filter(({ baseline }) => !baseline);
  const place = methods.findIndex(({ map }) => map === 'group-cam') + 1;
  const others = methods.flatMap(({ map }) => (map === 'group-cam' ? [] : (beside(report, map, 'overall') ?? [])));
  const names = (/** @type {typeof others} */ list) =>
    list.length > 0 ? list.map(({ title }) => title).join(', ') : 'none';
  return [
    `**Is it the best of all?** The paper says so. Of ${methods.length} methods on ${report.items} images, Group-CAM is number ${place} by the over-all score; number 1 is ${methods[0]?.title}. Significantly better than Group-CAM: ${names(others.filter(({ significant, gain }) => significant && gain < 0))}. Significantly worse: ${names(others.filter(({ significant, gain }) => significant && gain > 0))}. On so few images, the other methods do not differ significantly from it.`,
  ];
}

/** @param {import('./page.mjs').Ablation} ablation */
function ablationClaims({ sweeps }) {
  const best = sweeps.map(({ option, points }) => {
    const ranked = [...points].sort((a, b) => (b.scores['overall']?.mean ?? 0) - (a.scores['overall']?.mean ?? 0));
    return `${option} = ${ranked[0]?.value} (${ranked[0]?.scores['overall']?.mean.toFixed(3)}; worst ${ranked.at(-1)?.value}, ${ranked.at(-1)?.scores['overall']?.mean.toFixed(3)})`;
  });
  return [
    `**Are theta = 70 and G = 32 good choices?** The best of the values tried, by the over-all score, are: ${best.join(', ')}. The intervals in the tables below show how far apart the values are.`,
  ];
}

/** @param {Report} report */
function pointingClaims(report) {
  const ranked = report.maps
    .filter(({ categories }) => categories)
    .sort((a, b) => (b.categories?.mean ?? 0) - (a.categories?.mean ?? 0));
  const order = ranked.map(({ title, categories }) => `${title} ${categories?.mean.toFixed(3)}`).join(', ');
  const found = beside(report, 'grad-cam', 'pointing');
  return [
    `**Does it point at objects?** The mean accuracy over categories, best first, is: ${order}.${found ? ` Over all pairs, Group-CAM ${found.text}.` : ''}`,
  ];
}

/** @param {import('./page.mjs').Time[]} times */
function timeClaims(times) {
  const of = (/** @type {string} */ name) => times.find(({ method }) => method === name)?.milliseconds;
  const own = of('group-cam');
  const ratios = ['grad-cam', 'score-cam', 'rise', 'xrai'].flatMap((name) => {
    const other = of(name);
    return own && other ? [`${name} takes ${(other / own).toPrecision(2)} times as long`] : [];
  });
  return [`**Is it fast?** Group-CAM takes ${own?.toFixed(0)} ms; ${ratios.join(', ')}.`];
}
