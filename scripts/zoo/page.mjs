// Writes docs/zoo.md, with one row of cells for each model that zoo.mjs measured. The results are stored only in this
// page.

import { thisMachine } from '../report.mjs';

/**
 * The measurements of a model.
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {string} [exporter] why it could not be exported
 * @property {string} [error] why it could not be measured
 * @property {number[]} [errors] in float32, of each input
 * @property {number[]} [own] of autograd in float32, for the same inputs
 * @property {number} [double] in float64, of the first input
 * @property {string} [layer]
 * @property {number[]} [shape]
 * @property {string[]} [operators]
 * @property {string[]} [unsupported]
 * @property {number} [forward]
 * @property {number} [gradient]
 */

const TOLERANCE = 1e-3;

const INTRODUCTION = `# Gradients of torchvision's classifiers

This page is written by \`npm run zoo\`. Each model is exported with seeded random weights and explained in a process of its
own, at its own input size. Every error is the largest difference between the gradient of a logit with respect to the input
and the same gradient by PyTorch's autograd in float64, relative to the largest magnitude of that gradient.

- **float64** tests the rules without rounding: the model is exported in float64 and its gradient graph runs in float64.
  (The runtime lacks some float64 kernels, so convolutions and a few other operators are replaced by matrix products, see
  \`test/support/float64.ts\`.) A wrong rule would show here. Models whose float64 weights exceed 2 GiB, the limit of a file,
  have no such figure.
- **float32** is how the product runs. Some of a network's millions of ReLUs and maxima lie so close to their kink that
  rounding decides which side they are on, and each one on the other side changes the gradient by some tenths of a per cent.
  On some inputs, an implementation in float32 therefore differs from float64 by more than 1e-3, and each implementation does
  so on other inputs. The table gives the smallest error over a few random inputs, and how many of these inputs are within
  1e-3. The largest models were given one input only.
- **†** marks errors and ratios that were measured with the present rules. The others are from before changes that
  [docs/bench.md](bench.md#the-inputs-gradient) describes.
- **PyTorch** is the same for PyTorch's own float32, on the same inputs.
- **Layer** is the default layer, with its shape.
- **Ratio** is the processor time of a pass with the gradient of the input on one thread, divided by that of a pass without it. Both
  are medians of 4 to 39 runs, fewer the larger the model, which alternate in one process. The line above the table names the processor; a
  model without a ratio was not measured there.
- **Earlier** is the same by the clock on two threads of an Intel Xeon with other work, before the rules that
  [docs/bench.md](bench.md#the-inputs-gradient) describes; models measured later have none.
- **Operators** are those of the exported graph; an operator without a rule would be in bold type.
`;

/** @param {number} error */
const scientific = (error) => error.toExponential(1);

/** @param {number[]} errors */
function best(errors) {
  const within = errors.filter((error) => error <= TOLERANCE).length;
  return `${scientific(Math.min(...errors))} (${within} of ${errors.length})`;
}

const HEAD = ['Model', 'float64', 'float32', 'PyTorch', 'Layer', 'Shape', 'Ratio', 'Earlier', 'Operators'];
/** Marks what was measured with the present rules. */
const PRESENT = '†';
const NOT_EXPORTED = 'not exported';

/**
 * @param {Row} row
 * @param {readonly string[]} [before] its cells of an earlier measurement
 * @returns {string[]} a cell for each of HEAD
 */
export function cellsOf(row, before) {
  const { name, exporter, error, errors, own, double, layer, shape, unsupported, forward, gradient, operators } = row;
  const rest = HEAD.slice(2).map(() => '');
  if (exporter) return [name, `${NOT_EXPORTED}, the exporter says: ${exporter.split('. ')[0]}`, ...rest];
  if (error || !errors || !own || !shape || !forward || !gradient || !operators)
    return [name, `failed: ${error}`, ...rest];
  const named = operators.map((operator) => (unsupported?.includes(operator) ? `**${operator}**` : operator));
  const exact = double === undefined ? '' : scientific(double);
  const ratio = ratioOf(gradient, forward);
  const earlier = before?.[HEAD.indexOf('Earlier')] ?? '';
  const float32 = `${best(errors)} ${PRESENT}`;
  return [name, exact, float32, best(own), `\`${layer}\``, shape.join(' x '), ratio, earlier, named.join(', ')];
}

/** @param {number} gradient @param {number} forward */
const ratioOf = (gradient, forward) => `${(gradient / forward).toFixed(2)} ${PRESENT}`;

const RATIO = HEAD.indexOf('Ratio');

/** @param {readonly string[] | undefined} cells */
export const isMeasured = (cells) => Boolean(cells?.[HEAD.indexOf('float32')]);

/**
 * @param {string[]} cells of a model that was measured
 * @param {Row} row its times, measured again
 * @returns {string[]}
 */
export function withTimes(cells, { name, error, forward, gradient }) {
  if (!forward || !gradient) throw new Error(`${name}: ${error}`);
  return cells.with(RATIO, ratioOf(gradient, forward));
}

/**
 * The cells of a page by the model's name.
 *
 * @param {string} text
 * @returns {Map<string, string[]>}
 */
export function readPage(text) {
  const lines = text.split('\n').filter((line) => line.startsWith('| '));
  const rows = lines.slice(2).map((line) => line.slice(2, -2).split(' | '));
  return new Map(rows.map((cells) => [String(cells[0]), cells]));
}

/**
 * @param {readonly string[][]} rows
 * @param {readonly string[]} missing names of models that were not measured
 */
export function page(rows, missing) {
  const measured = rows.filter(isMeasured);
  const doubles = measured.flatMap((cells) => (cells[1] ? [Number(cells[1])] : []));
  const singles = measured.map((cells) => counts(cells[2]));
  const theirs = measured.map((cells) => counts(cells[3]));
  const ratios = measured
    .flatMap((cells) => (cells[RATIO] ? [Number.parseFloat(cells[RATIO])] : []))
    .sort((a, b) => a - b);
  const present = (/** @type {number} */ column) => measured.filter((cells) => cells[column]?.endsWith(PRESENT));
  const refused = rows.filter((cells) => cells[1]?.startsWith(NOT_EXPORTED)).length;
  const summary = [
    `${measured.length} of ${rows.length + missing.length} models were measured; ${refused} can't be exported.`,
    ...(missing.length > 0 ? [`Not yet measured: ${missing.join(', ')}.`] : []),
    `In float64, ${doubles.filter((error) => error <= TOLERANCE).length} of ${doubles.length} are within 1e-3,`,
    `the largest error is ${scientific(Math.max(...doubles))}.`,
    `In float32, ${models(singles)} of ${singles.length} models are within 1e-3 on at least one input`,
    `and ${inputs(singles)} of ${singles.reduce((sum, { all }) => sum + all, 0)} inputs are`,
    `(PyTorch: ${models(theirs)} models, ${inputs(theirs)} inputs).`,
    `${present(2).length} of these were measured with the present rules.`,
    `Ratios of ${ratios.length} models, of ${present(RATIO).length} with the present rules, on ${thisMachine().processor}, by processor time: median ${ratios[ratios.length >> 1]?.toFixed(2)}, largest ${ratios.at(-1)?.toFixed(2)},`,
    `${ratios.filter((ratio) => ratio <= 2.2).length} of ${ratios.length} at most 2.2.`,
  ].join(' ');
  const table = [HEAD, HEAD.map(() => '---'), ...rows].map((line) => `| ${line.join(' | ')} |`);
  return [INTRODUCTION, summary, '', ...table, ''].join('\n');
}

/** @param {string | undefined} cell which `best` made */
function counts(cell) {
  const [, within, all] = /\((\d+) of (\d+)\)/.exec(cell ?? '') ?? [];
  return { within: Number(within), all: Number(all) };
}

/** @param {readonly { within: number }[]} errors */
const models = (errors) => errors.filter(({ within }) => within > 0).length;

/** @param {readonly { within: number }[]} errors */
const inputs = (errors) => errors.reduce((sum, { within }) => sum + within, 0);
