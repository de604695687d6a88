// Measures the passes a second of methods that make many passes, relative to a plain session, and their memory with ten
// times as many masks.
import { table } from '../report.mjs';
import { child, median } from './runs.mjs';

/** The options that methods are measured with, and the share of the plain session's speed that they must reach. */
const METHODS = [
  { method: 'score-cam', own: { channels: 200 }, least: 0.8 },
  { method: 'rise', own: { masks: 200 }, least: 0.8 },
  { method: 'occlusion', own: {} },
  { method: 'ablation-cam', own: {} },
  { method: 'recipro-cam', own: {} },
  { method: 'integrated-gradients', own: { steps: 24 } },
  { method: 'smooth-grad', own: { samples: 24 } },
  { method: 'xrai', own: { steps: 12 } },
];

/** Masks by hundreds: peak memory must not grow with them. */
const MEMORY = [
  { method: 'rise', option: 'masks' },
  { method: 'score-cam', option: 'channels' },
];
const MASKS = [100, 1000];

const CHUNKS = '4,8,16';
const PLAIN_PASSES = 33;

/**
 * @param {string} name
 * @param {string} file of the model
 * @param {readonly string[]} inputs two or more
 * @param {number} pairs
 */
export async function benchMethods(name, file, inputs, pairs) {
  const [first = '', ...others] = inputs;
  /** @param {string} method @param {object} own */
  const measure = (method, own) => child('method', [file, first, method, JSON.stringify(own), ...others]);

  const speeds = [];
  for (const { method, own, least } of METHODS) {
    const ratios = [];
    let last;
    for (let pair = 0; pair < pairs; pair++) {
      const { chunks } = await child('plain', [file, CHUNKS, '3']);
      last = await measure(method, own);
      const plain = PLAIN_PASSES / Math.min(...Object.values(chunks));
      ratios.push(last.passes / last.total / plain);
    }
    const ratio = median(ratios);
    const met = least === undefined ? ['', ''] : [`${least}`, ratio >= least ? 'yes' : 'NO'];
    const options = Object.entries(own).map(([option, value]) => `${option}=${value}`);
    speeds.push([name, method, options.join(', '), `${last.passes}`, last.total.toFixed(0), ratio.toFixed(2), ...met]);
    console.log(speeds.at(-1)?.join(' | '));
  }
  const memory = [];
  for (const { method, option } of MEMORY) {
    const peaks = [];
    for (const masks of MASKS) peaks.push((await measure(method, { [option]: masks })).peak);
    memory.push([name, method, ...peaks.map((peak) => `${peak.toFixed(0)} MB`)]);
    console.log(memory.at(-1)?.join(' | '));
  }
  return { speeds, memory };
}

/** @param {readonly Awaited<ReturnType<typeof benchMethods>>[]} results */
export function methodTables(results) {
  const head = ['model', 'method', 'options', 'passes', 'ms', 'passes a second over plain', 'at least', 'met'];
  return [
    table([head, ...results.flatMap(({ speeds }) => speeds)]),
    table([
      ['model', 'method', ...MASKS.map((masks) => `peak memory, ${masks} masks`)],
      ...results.flatMap(({ memory }) => memory),
    ]),
  ].join('\n\n');
}
