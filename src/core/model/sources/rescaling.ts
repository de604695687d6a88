/** Derives the range that a graph expects of its input from the scaling in its first nodes. */
import type { NodeProto } from 'onnx-buf';
import { type GraphIndex, indexGraph } from '../../onnx/graph';
import { floatAttribute, intAttribute, type Model } from '../../onnx/model';
import { entryOf, operatorOf } from '../../onnx/operators';
import { dimsOf } from '../../onnx/tensors';
import type { InputConventions, Source } from '../conventions';
import type { ImageInput } from '../inputs';
import { type Constant, constantOf } from './constants';

/**
 * y = a * x + b. Each list has the same number of values for each channel, one after the other: one, or more if channels
 * were taken apart and joined again.
 */
interface Line {
  readonly a: readonly number[];
  readonly b: readonly number[];
}

/** @param constants the operator's other inputs, each with one value for each value of the line */
type Step = (line: Line, constants: readonly (readonly number[])[]) => Line | undefined;

const times = ({ a, b }: Line, c: readonly number[], power = 1): Line => ({
  a: a.map((value, i) => value * c[i]! ** power),
  b: b.map((value, i) => value * c[i]! ** power),
});
const plus = ({ a, b }: Line, c: readonly number[], sign = 1): Line => ({
  a,
  b: b.map((value, i) => value + sign * c[i]!),
});

/** Operators that keep, select or move values, or average neighbours, whatever their other inputs are. */
const ARRANGING: ReadonlySet<string> = new Set([
  'Identity',
  'Cast',
  'Clip',
  'Dropout',
  'Gather',
  'Pad',
  'Reshape',
  'Resize',
  'Slice',
  'Split',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
  'Upsample',
]);

/** Operators whose inputs besides the image must be constants. */
const STEPS: Readonly<Record<string, Step>> = {
  Mul: (line, [c]) => c && times(line, c),
  Div: (line, [c]) => c && times(line, c, -1),
  Add: (line, [c]) => c && plus(line, c),
  Sub: (line, [c]) => c && plus(line, c, -1),
  Neg: (line) => times(line, negative(line)),
  QuantizeLinear: (line, [scale, zero]) => scale && shifted(times(line, scale, -1), zero, 1),
  DequantizeLinear: (line, [scale, zero]) => scale && times(shifted(line, zero, -1), scale),
};
/** Operators in which the image may be the second input, and what they do then. */
const SECOND: Readonly<Record<string, Step>> = {
  Mul: STEPS['Mul']!,
  Add: STEPS['Add']!,
  Sub: (line, [c]) => c && plus(times(line, negative(line)), c),
};
/** Operators whose constants may differ from pixel to pixel; their mean over the pixels then counts. */
const BY_PIXEL: ReadonlySet<string> = new Set(['Add', 'Sub']);

const negative = ({ a }: Line) => a.map(() => -1);
const shifted = (line: Line, zero: readonly number[] | undefined, sign: number) =>
  zero ? plus(line, zero, sign) : line;

/**
 * Reads the scaling right after the input: a chain of multiplications and sums with constants, or a BatchNormalization.
 *
 * @returns no source if the first nodes do not scale
 */
export function readRescaling(model: Model, input: ImageInput): Source[] {
  const { line, normalised } = scalingOf(model, input);
  const told = normalised && rangeOfStatistics(normalised);
  const range = told ?? (line && rangeOfLine(line));
  if (range) return [{ origin: 'graph', file: model.file, conventions: { input: range }, notes: [] }];
  if (!normalised) return [];
  const notes = ['range of the input: the BatchNormalization after it does not tell'];
  return [{ origin: 'graph', file: model.file, conventions: {}, notes }];
}

/** So many operators are followed at most; preprocessing takes about five, or three times as many by channel. */
const LONGEST = 32;
/** The most values of a line. */
const WIDEST = 64;

/** Mean and variance of the pixels in training, as a BatchNormalization stores them. */
interface Statistics {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

interface Scaling {
  /** What the operators compute that the scaling ends at; undefined if nothing is scaled. */
  readonly line?: Line | undefined;
  /** Of a BatchNormalization that comes first. */
  readonly normalised?: Statistics | undefined;
}

function scalingOf(model: Model, { name, channels }: ImageInput): Scaling {
  const graph = indexGraph(model.graph.node);
  const each = (value: number) => Array.from({ length: channels }, () => value);
  const start: Line = { a: each(1), b: each(0) };
  const lines = new Map([[name, start]]);
  const ends = new Set<string>();
  let followed = 0;
  for (const node of model.graph.node) {
    const varying = node.input.filter((tensor) => lines.has(tensor));
    if (varying.length === 0 || operatorOf(node) === 'Shape') continue;
    if (operatorOf(node) === 'BatchNormalization' && lines.get(node.input[0]!) === start)
      return normalisedBy(model, graph, node, start);
    const next = followed < LONGEST ? stepped(node) : undefined;
    followed++;
    if (next) for (const output of node.output) lines.set(output, next);
    else for (const tensor of varying) ends.add(tensor);
  }
  const line = joined([...ends].map((end) => lines.get(end)!));
  return line.a.length > 0 && [...ends].some((end) => lines.get(end) !== start) ? { line } : {};

  function stepped(node: NodeProto): Line | undefined {
    // Nodes may reverse the channels (RGB, BGR). The ranges of channels are nearly equal, so it does not matter which
    // channel a constant belongs to.
    const operator = operatorOf(node);
    const line = lines.get(node.input[0]!);
    if (ARRANGING.has(operator)) return line;
    if (operator === 'Concat') return whole(node);
    if (operator === 'Conv') return line && mixed(model, graph, node, line, channels);
    const second = node.input[1] === undefined ? undefined : lines.get(node.input[1]);
    if (line && second) return undefined;
    const given = line ?? second;
    const step = entryOf(line ? STEPS : SECOND, node);
    if (!given || !step) return undefined;
    const constants = node.input
      .filter((tensor) => !lines.has(tensor) && tensor !== '')
      .map((tensor) => spread(constantOf(model, graph, tensor), given, channels, BY_PIXEL.has(operator)));
    return constants.every((constant) => constant !== undefined) ? step(given, constants) : undefined;
  }

  function whole(node: NodeProto): Line | undefined {
    const parts = node.input.map((tensor) => lines.get(tensor));
    const line = parts.every((part) => part !== undefined) ? joined(parts) : undefined;
    return line && line.a.length <= WIDEST ? line : undefined;
  }
}

const joined = (lines: readonly Line[]): Line => ({ a: lines.flatMap(({ a }) => a), b: lines.flatMap(({ b }) => b) });

/** One value for each value of the line; undefined if the constant has neither one value nor one for each channel. */
function spread(
  constant: Constant | undefined,
  { a }: Line,
  channels: number,
  byPixel: boolean,
): readonly number[] | undefined {
  const values = constant && perChannel(constant, channels, byPixel);
  if (!values) return undefined;
  return a.map((_, i) => values[values.length === 1 ? 0 : Math.floor((i * channels) / a.length)]!);
}

/** One value for each channel, or one for all of them. */
function perChannel({ dims, values }: Constant, channels: number, byPixel: boolean): readonly number[] | undefined {
  if (values.length === 1 || values.length === channels) return values;
  if (!byPixel || values.length < channels) return undefined;
  const sizes = dims.filter((size, axis) => size !== 1 || axis > 0);
  const pixels = values.length / channels;
  const first = sizes.length === 3 && sizes[0] === channels;
  const last = sizes.length === 3 && sizes[2] === channels;
  if (!first && !last) return [mean(values)];
  const isOf = (channel: number, place: number) => (first ? Math.floor(place / pixels) : place % channels) === channel;
  return Array.from({ length: channels }, (_, channel) => mean(values.filter((_, place) => isOf(channel, place))));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A convolution that only scales and reorders the channels, as optimisers write a normalisation. */
function mixed(model: Model, graph: GraphIndex, node: NodeProto, line: Line, channels: number): Line | undefined {
  const kernel = model.initializers.get(node.input[1] ?? '');
  const shape = kernel ? dimsOf(kernel) : [];
  const group = intAttribute(node, 'group', 1);
  const isPointwise = shape.slice(2).every((size) => size === 1) && line.a.length === channels;
  if (!isPointwise || shape[0] !== channels || shape[1]! * group !== channels) return undefined;
  const weights = constantOf(model, graph, node.input[1]!)?.values;
  const bias = node.input[2] ? constantOf(model, graph, node.input[2])?.values : line.b.map(() => 0);
  if (!weights || !bias) return undefined;
  const width = shape[1]!;
  const rows = line.a.map((_, i) => weights.slice(i * width, (i + 1) * width));
  if (!rows.every((row) => row.filter((value) => value !== 0).length === 1)) return undefined;
  const place = (row: readonly number[]) => row.findIndex((value) => value !== 0);
  const source = (i: number) => Math.floor((i * group) / channels) * width + place(rows[i]!);
  const factor = (i: number) => rows[i]![place(rows[i]!)]!;
  return {
    a: line.a.map((_, i) => factor(i) * line.a[source(i)]!),
    b: line.b.map((_, i) => factor(i) * line.b[source(i)]! + bias[i]!),
  };
}

function normalisedBy(model: Model, graph: GraphIndex, node: NodeProto, start: Line): Scaling {
  const [factor, offset, average, variance] = node.input
    .slice(1, 5)
    .map((tensor) => spread(constantOf(model, graph, tensor), start, start.a.length, false));
  if (!factor || !offset || !average || !variance) return {};
  const normalised = {
    mean: average,
    variance: variance.map((value) => value + floatAttribute(node, 'epsilon', 1e-5)),
  };
  // Without statistics of its own it only multiplies and adds.
  const isPlain = average.every((value) => value === 0) && variance.every((value) => value === 1);
  return isPlain ? { line: plus(times(start, factor), offset), normalised } : { normalised };
}

const PIXELS: InputConventions = { scale: 1, mean: 0, std: 1 };
const UNIT: InputConventions = { scale: 1 / 255, mean: 0, std: 1 };
const SYMMETRIC: InputConventions = { scale: 1 / 127.5, mean: 1, std: 1 };

/**
 * The input value that becomes 0 lies near the middle of the range: about 100 to 127.5 for pixels from 0 to 255, 0.4 to
 * 0.5 for 0 to 1, 0 or a little less for -1 to 1. If there is only a factor, one far below 1 means pixels, and one of
 * at least 2 means 0 to 1.
 */
function rangeOfLine({ a, b }: Line): InputConventions | undefined {
  const zeros = a.map((factor, i) => -b[i]! / factor);
  const sizes = a.map(Math.abs);
  const every = (from: number, to: number, values: readonly number[]) =>
    values.every((value) => value >= from && value <= to);
  if (every(0, 0, b)) {
    if (every(1 / 1024, 1 / 32, sizes)) return PIXELS;
    return every(2, 256, sizes) ? UNIT : undefined;
  }
  // A negative picture: 255 - x or 1 - x.
  if (a.every((factor) => factor < 0)) {
    if (every(254, 256, zeros) && every(1 / 1024, 1, sizes)) return PIXELS;
    if (every(0.999, 1.001, zeros) && every(1, 300, sizes)) return UNIT;
  }
  if (every(50, 205, zeros) && every(1 / 1024, 1, sizes)) return PIXELS;
  if (every(0.2, 0.8, zeros) && every(1, 300, sizes)) return UNIT;
  // (x + 1) / 2 and (x + 1) * 127.5, and these after a mean of 0.4 to 0.5 is subtracted.
  return every(-1, -0.999, zeros) || (every(-0.3, 0, zeros) && every(1.5, 10, sizes)) ? SYMMETRIC : undefined;
}

function rangeOfStatistics({ mean, variance }: Statistics): InputConventions | undefined {
  if (mean.every((value) => value > 30 && value < 225) && variance.every((value) => value > 100)) return PIXELS;
  return mean.every((value) => value > 0.1 && value < 0.9) && variance.every((value) => value < 0.5) ? UNIT : undefined;
}
