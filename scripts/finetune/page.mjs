// The measured part of docs/finetune.md.
import { table } from '../report.mjs';
import { ARMS } from './jobs.mjs';

/** @typedef {{ n: number, mean: number, interval?: { low: number, high: number } }} Estimate */

/**
 * @typedef {object} Row
 * @property {string} arm
 * @property {number} seeds
 * @property {Estimate} accuracy
 * @property {{ difference: Estimate, p: number }} [against] the plain arm, on the same images
 * @property {number} [holm] p, corrected for the number of arms
 * @property {Estimate} [time] over the plain arm's
 */

/** @typedef {{ network: import('./jobs.mjs').Network, rows: readonly Row[], machines: readonly string[], missing: number }} Part */

/** @type {Record<string, string>} */
const TITLES = {
  untouched: 'untouched',
  plain: 'plain',
  'random-mask': 'random masks of the same area',
  'grad-cam': 'Grad-CAM masks',
  'group-cam': 'Group-CAM masks (the paper)',
  'group-cam-literal': "Group-CAM, the authors' literal code",
};

/** @param {readonly Part[]} parts */
export function resultsPart(parts) {
  const machines = [...new Set(parts.flatMap((part) => part.machines))];
  return [...parts.map(networkPart), `Measured on ${machines.join(' and ')}.`].join('\n\n');
}

/** @param {Part} part */
function networkPart({ network, rows, missing }) {
  const { title, images, options } = network;
  const sorted = ARMS.flatMap((arm) => rows.filter((row) => row.arm === arm));
  const head = ['arm', 'seeds', 'test accuracy, %', 'over plain, points', 'p (Holm)', 'processor time over plain'];
  const lines = sorted.map(({ arm, seeds, accuracy, against, holm, time }) => [
    TITLES[arm] ?? arm,
    `${seeds}`,
    percents(accuracy),
    against ? percents(against.difference, true) : '',
    holm === undefined ? '' : pText(holm),
    time ? `${time.mean.toFixed(2)}` : '',
  ]);
  const left = missing > 0 ? ` ${missing} of the measurements are not done yet.` : '';
  const setting = `${options.epochs} epochs, rate ${options.rate}, batch ${options.batch}.`;
  return `### ${title}\n\n${images} ${setting}${left}\n\n${lines.length > 0 ? `${table([head, ...lines])}\n\n${answer(sorted)}` : ''}`.trimEnd();
}

/** @param {readonly Row[]} rows */
function answer(rows) {
  const paper = rows.find(({ arm }) => arm === 'group-cam');
  if (!paper?.against) return '';
  const { difference } = paper.against;
  const p = paper.holm ?? 1;
  const words =
    p < 0.05
      ? difference.mean > 0
        ? 'Group-CAM beats plain fine-tuning'
        : 'Group-CAM is worse than plain fine-tuning'
      : 'Group-CAM and plain fine-tuning do not differ beyond chance';
  return `${words}: ${percents(difference, true)} points, p ${p < 0.001 ? '' : '= '}${pText(p)}, over ${paper.seeds} seed${paper.seeds === 1 ? '' : 's'}.`;
}

/**
 * @param {Estimate} estimate
 * @param {boolean} [signed]
 */
function percents({ mean, interval }, signed = false) {
  const text = (/** @type {number} */ value) => `${signed && value > 0 ? '+' : ''}${(100 * value).toFixed(1)}`;
  return interval ? `${text(mean)} (${text(interval.low)} to ${text(interval.high)})` : text(mean);
}

/** @param {number} p */
const pText = (p) => (p < 0.001 ? '< 0.001' : p.toFixed(3));
