// The page docs/zoo.md from the rows that zoo.mjs measured.

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} [exporter] why it could not be exported
 * @property {string} [error] why it could not be measured
 * @property {number[]} [errors]
 * @property {number[]} [own] of autograd in float32, for the same inputs
 * @property {string} [size] of the inputs, if it is not the model's own
 * @property {string} [layer]
 * @property {number[]} [shape]
 * @property {string[]} [operators]
 * @property {string[]} [unsupported]
 * @property {number} [forward]
 * @property {number} [gradient]
 */

const INTRODUCTION = `# Gradients of torchvision's classifiers

Written by \`npm run zoo\`: each model is exported with seeded random weights and explained in a process of its own.

- **Error**: the largest difference between the input's gradient and that of PyTorch's autograd in float64, relative to the
  gradient's largest magnitude. Rounding tips some of a network's millions of ReLUs and maxima over their kinks, and each
  changes the gradient by some per mille; a wrong rule is wrong on every input. So a model that is not within 1e-3 on its
  first input is tried on six, then on six of 64 x 64 pixels, and the best counts: *n* says of how many.
- **PyTorch**: the error of PyTorch's own float32 on that input.
- **Layer**: what is explained if no layer is chosen, and its shape.
- **Ratio**: time of one pass with the gradient of the input over one without; both on the CPU, the shortest of up to 40.
- **Operators**: all of the exported graph.
`;

/** @param {number} error */
const scientific = (error) => error.toExponential(1);

/** @param {Row} row */
function cells({ name, exporter, error, errors, own, size, layer, shape, unsupported, forward, gradient, operators }) {
  if (exporter) return [name, `not exported: ${exporter}`, '', '', '', '', '', ''];
  if (error || !errors || !own || !shape || !forward || !gradient || !operators)
    return [name, `failed: ${error}`, '', '', '', '', '', ''];
  const best = Math.min(...errors);
  const tried = `${errors.length}${size ? `, ${size} px` : ''}`;
  const named = operators.map((operator) => (unsupported?.includes(operator) ? `**${operator}**` : operator));
  const ratio = (gradient / forward).toFixed(1);
  const theirs = scientific(own[errors.indexOf(best)] ?? Number.NaN);
  return [name, scientific(best), tried, theirs, `\`${layer}\``, shape.join(' x '), ratio, named.join(', ')];
}

/**
 * @param {Row[]} rows
 * @param {number} total
 */
export function page(rows, total) {
  const measured = rows.filter(({ errors }) => errors);
  const errors = measured.map((row) => Math.min(...(row.errors ?? [])));
  const ratios = measured.map(({ forward = 1, gradient = 0 }) => gradient / forward).sort((a, b) => a - b);
  const summary = [
    `${rows.length} of ${total} models; ${rows.filter(({ exporter }) => exporter).length} could not be exported.`,
    `${errors.filter((error) => error <= 1e-3).length} of ${measured.length} are within 1e-3,`,
    `${errors.filter((error) => error <= 1e-5).length} within 1e-5.`,
    `Ratio: median ${ratios[ratios.length >> 1]?.toFixed(1)}, largest ${ratios.at(-1)?.toFixed(1)}.`,
  ].join(' ');
  const head = ['Model', 'Error', 'n', 'PyTorch', 'Layer', 'Shape', 'Ratio', 'Operators'];
  const table = [head, head.map(() => '---'), ...rows.map(cells)].map((line) => `| ${line.join(' | ')} |`);
  return [INTRODUCTION, summary, '', ...table, ''].join('\n');
}
