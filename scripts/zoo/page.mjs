// The page docs/zoo.md from the rows that zoo.mjs measured.

/**
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

Written by \`npm run zoo\`: each model is exported with seeded random weights and explained in a process of its own, at its
own input size. All errors are the largest difference between the gradient of a logit with respect to the input and that of
PyTorch's autograd in float64, relative to the gradient's largest magnitude.

- **float64**: the rules, without rounding: the model is exported in float64 and its gradient graph runs in float64. (The
  runtime lacks some float64 kernels; convolutions and a few others are written as products of matrices, see
  \`test/support/float64.ts\`.) A wrong rule shows here. Models whose float64 weights exceed 2 GiB, the limit of a file,
  have none.
- **float32**: as the product runs. Of a network's millions of ReLUs and maxima some lie so close to their kink that
  rounding decides on which side, and each that tips changes the gradient by some per mille. So two implementations in
  float32 differ from float64 by more than 1e-3 on some inputs, each on its own. Given are the best of four random inputs
  and how many of them are within 1e-3.
- **PyTorch**: the same of PyTorch's own float32, on the same inputs.
- **Layer**: what is explained if no layer is chosen, and its shape.
- **Ratio**: time of a pass with the gradient of the input over one without; medians of up to 40 runs on the CPU, taking
  turns in one process. Other programs ran at the same time, so ratios are rough, those of small models above all.
- **Operators**: all of the exported graph; one without a rule would be in bold type.
`;

/** @param {number} error */
const scientific = (error) => error.toExponential(1);

/** @param {number[]} errors */
const within = (errors) => errors.filter((error) => error <= TOLERANCE).length;

/** @param {number[]} errors */
const best = (errors) => `${scientific(Math.min(...errors))} (${within(errors)} of ${errors.length})`;

/** @param {Row} row */
function cells(row) {
  const { name, exporter, error, errors, own, double, layer, shape, unsupported, forward, gradient, operators } = row;
  if (exporter) return [name, `not exported, the exporter says: ${exporter.split('. ')[0]}`, '', '', '', '', '', ''];
  if (error || !errors || !own || !shape || !forward || !gradient || !operators)
    return [name, `failed: ${error}`, '', '', '', '', '', ''];
  const named = operators.map((operator) => (unsupported?.includes(operator) ? `**${operator}**` : operator));
  const exact = double === undefined ? '' : scientific(double);
  const ratio = (gradient / forward).toFixed(1);
  return [name, exact, best(errors), best(own), `\`${layer}\``, shape.join(' x '), ratio, named.join(', ')];
}

/**
 * @param {Row[]} rows
 * @param {string[]} missing names of models that were not measured
 */
export function page(rows, missing) {
  const measured = rows.filter(({ errors }) => errors);
  const doubles = measured.flatMap(({ double }) => (double === undefined ? [] : [double]));
  const singles = measured.map(({ errors = [] }) => errors);
  const theirs = measured.map(({ own = [] }) => own);
  const ratios = measured.map(({ forward = 1, gradient = 0 }) => gradient / forward).sort((a, b) => a - b);
  const refused = rows.filter(({ exporter }) => exporter).length;
  const summary = [
    `${measured.length} of ${rows.length + missing.length} models were measured; ${refused} can't be exported.`,
    ...(missing.length > 0 ? [`Not yet measured: ${missing.join(', ')}.`] : []),
    `In float64, ${doubles.filter((error) => error <= TOLERANCE).length} of ${doubles.length} are within 1e-3,`,
    `the largest error is ${scientific(Math.max(...doubles))}.`,
    `In float32, ${singles.filter(within).length} of ${singles.length} models are within 1e-3 on at least one input`,
    `and ${singles.reduce((sum, each) => sum + within(each), 0)} of ${singles.flat().length} inputs are`,
    `(PyTorch: ${theirs.filter(within).length} models, ${theirs.reduce((sum, each) => sum + within(each), 0)} inputs).`,
    `Ratio: median ${ratios[ratios.length >> 1]?.toFixed(1)}, largest ${ratios.at(-1)?.toFixed(1)},`,
    `${ratios.filter((ratio) => ratio <= 3).length} of ${ratios.length} at most 3.`,
  ].join(' ');
  const head = ['Model', 'float64', 'float32', 'PyTorch', 'Layer', 'Shape', 'Ratio', 'Operators'];
  const table = [head, head.map(() => '---'), ...rows.map(cells)].map((line) => `| ${line.join(' | ')} |`);
  return [INTRODUCTION, summary, '', ...table, ''].join('\n');
}
