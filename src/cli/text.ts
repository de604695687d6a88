/** Results as text for people, line by line. */

import { usesResize } from '../core/geometry';
import { usesLayer } from '../core/methods/names';
import type { ModelInfo, TensorInfo } from '../core/model/info';
import { logitsText } from '../core/output';
import type { Sourced } from '../core/sourced';
import type { Explanation } from '../protocol/explanation';

/** Aligns the columns of rows of cells. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ')}`.trimEnd());
}

export const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

const percent = (p: number): string => `${(100 * p).toPrecision(3)} %`;

export function explanationText(explanation: Explanation, written: readonly string[]): string[] {
  const { image, model, label, probability, method, options, layer, device, passes, milliseconds, saliency } =
    explanation;
  const variant = options['variant'];
  const named = variant === undefined ? method : `${method} (${variant})`;
  const kind = explanation.own ? `the model's own ${named}` : named;
  const top = explanation.top.map((score) => [String(score.class), score.label, percent(score.probability)]);
  const contrast = contrastText(explanation);
  const how = [
    model,
    ...(usesLayer(method) ? [`layer ${layer}`] : []),
    kind,
    device,
    counted(passes, 'pass', 'passes'),
    `${Math.round(milliseconds.total)} ms`,
  ];
  return [
    `${image}: ${label} (class ${explanation.class}), ${explanation.activation} ${percent(probability)}`,
    ...(contrast === undefined ? [] : [`  ${contrast}`]),
    `  ${how.join(', ')}`,
    ...table(top),
    ...completenessLine(explanation),
    ...ownLine(explanation),
    ...(saliency.zero ? [`  the map is blank: ${saliency.reason ?? 'it is constant'}`] : []),
    ...(saliency.note ? [`  ${saliency.note}`] : []),
    ...written.map((file) => `  written: ${file}`),
  ];
}

/** The other classes of a contrast, such as "rather than dog"; undefined without a contrast. */
export function contrastText({ contrast, contrastWeight = 1 }: Explanation): string | undefined {
  if (!contrast) return undefined;
  const weight = contrastWeight === 1 ? '' : ` (weight ${contrastWeight})`;
  return `rather than ${contrast.map((other) => other.label).join(', ')}${weight}`;
}

function completenessLine({ completeness }: Explanation): string[] {
  if (!completeness) return [];
  const [sum, difference] = [completeness.sum, completeness.difference].map((value) => value.toPrecision(4));
  return [`  the attributions sum to ${sum}, of ${difference} that the logit differs from that of the baseline`];
}

function ownLine({ own }: Explanation): string[] {
  if (!own) return [];
  const alike = own.correlation === undefined ? '' : `, r = ${own.correlation.toFixed(6)}`;
  return [`  its map differs by at most ${own.difference.toPrecision(2)} from the one that is computed here${alike}`];
}

/** What an exported model says of its map; the rest of its metadata stands elsewhere in the text. */
const OWN_FACTS = ['method', 'layer', 'options', 'class', 'size', 'version'] as const;

export function modelText(info: ModelInfo): string[] {
  const sections: readonly (readonly [title: string, rows: readonly (readonly string[])[]])[] = [
    ['inputs', info.inputs.map(tensorRow)],
    ['outputs', info.outputs.map(tensorRow)],
    ['preprocessing', preprocessingRows(info)],
    [
      'scores',
      [
        ['scores', info.output.name],
        ['logits', logitsText(info.output)],
        ['activation', ...sourced(info.output.activation)],
        ['classes', String(info.output.classes)],
        ['labels', info.labelsFile ?? '', info.labels.origin],
      ],
    ],
    [
      'layers (* is the default one)',
      info.layers.map(({ tensor, operator, channels, height, width }) => [
        tensor === info.layer.value ? '*' : '',
        tensor,
        operator,
        `${channels} x ${height} x ${width}`,
      ]),
    ],
    ['map of its own', ownRows(info)],
    ['operators without a gradient', info.unsupported.map(({ operator, node }) => [operator, node])],
    ['assumed', info.assumptions.map((assumption) => [assumption])],
  ];
  const head = `${info.path}: IR ${info.irVersion}, opset ${info.opset}, ${info.producer}`;
  const shown = sections.flatMap(([title, rows]) => [title, ...(rows.length ? table(rows) : ['  none'])]);
  return [head, ...shown];
}

function ownRows({ exported, ownTensors }: ModelInfo): string[][] {
  const tensors = (kind: string, all: readonly TensorInfo[] = []) =>
    all.map((tensor) => [kind, tensorRow(tensor).join('  ')]);
  return [
    ...tensors('input', ownTensors?.inputs),
    ...tensors('output', ownTensors?.outputs),
    ...OWN_FACTS.flatMap((key) => (exported?.[key] === undefined ? [] : [[key, exported[key]]])),
  ];
}

const tensorRow = ({ name, dtype, shape }: TensorInfo) => [name, dtype, `[${shape.join(', ')}]`];

const sourced = ({ value, origin }: Sourced<unknown>) => [String(value), origin];

function preprocessingRows({ preprocessing, input }: ModelInfo) {
  const rows = Object.entries(preprocessing)
    .filter(([name]) => name !== 'resize' || usesResize(preprocessing.fit.value))
    .map(([name, entry]) => [name, ...sourced(entry)]);
  return [['layout', input.layout, 'graph'], ...rows];
}

/** What `inspect --json` prints. There the rows and columns of a layer are called `u` and `v`, as in the paper. */
export function inspectionRecord(info: ModelInfo) {
  const layers = info.layers.map(({ tensor, operator, shape, channels, height: u, width: v, ...rest }) => ({
    ...{ tensor, operator, shape, channels, u, v },
    ...rest,
  }));
  return { ...info, layers };
}
