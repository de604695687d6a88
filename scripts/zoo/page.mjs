// The page docs/zoo.md from the rows that zoo.mjs measured.

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} [exporter] why it could not be exported
 * @property {string} [error] why it could not be measured
 * @property {number[]} [errors]
 * @property {string} [layer]
 * @property {number[]} [shape]
 * @property {string[]} [operators]
 * @property {string[]} [unsupported]
 * @property {number} [forward]
 * @property {number} [gradient]
 */

const INTRODUCTION = `# Gradients of torchvision's classifiers

Written by \`npm run zoo\`: each model is exported with seeded random weights and explained in a process of its own.

- **Error**: the largest difference between the input's gradient and PyTorch's autograd, relative to the gradient's largest
  magnitude, at the model's own input size. Rounding tips some of a network's millions of ReLUs and maxima over their
  kinks, in PyTorch as here, and each changes the gradient by some per mille. So a model that is not within 1e-3 on the
  first input is tried on five more, and the best counts, with the number of inputs in brackets; a wrong rule is wrong on
  all of them.
- **Layer**: what is explained if no layer is chosen, and its shape.
- **Ratio**: time of one pass with the gradient of the input over one without; both on the CPU, the shortest of five.
- **Operators**: all of the exported graph.
`;

/** @param {number} error */
const scientific = (error) => error.toExponential(1);

/** @param {Row} row */
function cells({ name, exporter, error, errors = [], layer, shape, unsupported = [], forward, gradient, operators }) {
  if (exporter) return [name, `not exported: ${exporter}`, '', '', '', ''];
  if (error || !shape || !forward || !gradient || !operators) return [name, `failed: ${error}`, '', '', '', ''];
  const best = scientific(Math.min(...errors)) + (errors.length > 1 ? ` (${errors.length})` : '');
  const named = operators.map((operator) => (unsupported.includes(operator) ? `**${operator}**` : operator));
  return [name, best, `\`${layer}\``, shape.join(' x '), (gradient / forward).toFixed(1), named.join(', ')];
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
  const head = ['Model', 'Error', 'Layer', 'Shape', 'Ratio', 'Operators'];
  const table = [head, head.map(() => '---'), ...rows.map(cells)].map((line) => `| ${line.join(' | ')} |`);
  return [INTRODUCTION, summary, '', ...table, ''].join('\n');
}
