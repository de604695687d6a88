/** Derives the range that a graph expects of its input from the scaling in its first nodes. */
import type { NodeProto } from 'onnx-buf';
import { type GraphIndex, indexGraph } from '../../onnx/graph';
import { floatAttribute, type Model } from '../../onnx/model';
import { entryOf, operatorOf } from '../../onnx/operators';
import { dimsOf, sizeOf, valuesOf } from '../../onnx/tensors';
import type { InputConventions, Source } from '../conventions';
import type { ImageInput } from '../inputs';
import { originOf } from '../scores/ending';

/** y = a * x + b for each channel. */
interface Line {
  readonly a: readonly number[];
  readonly b: readonly number[];
}

/** @param constants the operator's other inputs, each with one value for each channel */
type Step = (line: Line, constants: readonly (readonly number[])[]) => Line | undefined;

const times = ({ a, b }: Line, c: readonly number[], power = 1): Line => ({
  a: a.map((value, i) => value * c[i]! ** power),
  b: b.map((value, i) => value * c[i]! ** power),
});
const plus = ({ a, b }: Line, c: readonly number[], sign = 1): Line => ({
  a,
  b: b.map((value, i) => value + sign * c[i]!),
});
/** Operators that keep, select or move values, whatever their other inputs are. */
const ARRANGING: ReadonlySet<string> = new Set([
  'Identity',
  'Cast',
  'Transpose',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Slice',
  'Gather',
]);

/** Operators whose inputs besides the image must be constants. */
const STEPS: Readonly<Record<string, Step>> = {
  Mul: (line, [c]) => c && times(line, c),
  Div: (line, [c]) => c && times(line, c, -1),
  Add: (line, [c]) => c && plus(line, c),
  Sub: (line, [c]) => c && plus(line, c, -1),
};
/** Operators in which the image may be the second input. */
const EITHER_SIDE: ReadonlySet<string> = new Set(['Mul', 'Add']);

/**
 * Reads the scaling right after the input: a chain of multiplications and sums with constants, or a BatchNormalization.
 *
 * @returns no source if the first nodes do not scale
 */
export function readRescaling(model: Model, input: ImageInput): Source[] {
  const { line, statistics } = chainOf(model, input);
  const range = statistics ? rangeOfStatistics(statistics) : line && rangeOfLine(line);
  if (range) return [{ origin: 'graph', file: model.file, conventions: { input: range }, notes: [] }];
  if (!statistics) return [];
  const notes = ['range of the input: the BatchNormalization after it does not tell'];
  return [{ origin: 'graph', file: model.file, conventions: {}, notes }];
}

/** The longest chain that is followed, in operators; preprocessing takes about five. */
const LONGEST = 16;

/** Mean and variance of the pixels in training, as a BatchNormalization stores them. */
interface Statistics {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

function chainOf(model: Model, input: ImageInput): { line?: Line; statistics?: Statistics | undefined } {
  const graph = indexGraph(model.graph.node);
  const each = (value: number) => Array.from({ length: input.channels }, () => value);
  let line: Line = { a: each(1), b: each(0) };
  let steps = 0;
  let tensor = input.name;
  for (let length = 0; length < LONGEST; length++) {
    const [node, second] = graph.consumers.get(tensor)?.filter((node) => operatorOf(node) !== 'Shape') ?? [];
    if (!node || second) break;
    if (operatorOf(node) === 'BatchNormalization' && steps === 0)
      return { statistics: statisticsOf(model, graph, node, input.channels) };
    const next = stepped(node, tensor);
    if (!next) break;
    if (next !== line) steps++;
    line = next;
    tensor = node.output[0]!;
  }
  return steps > 0 ? { line } : {};

  function stepped(node: NodeProto, tensor: string): Line | undefined {
    // Nodes may reverse the channels (RGB, BGR). The ranges of channels are nearly equal, so it does not matter which
    // channel a constant belongs to.
    if (ARRANGING.has(operatorOf(node))) return node.input[0] === tensor ? line : undefined;
    const step = entryOf(STEPS, node);
    if (!step || (node.input[0] !== tensor && !EITHER_SIDE.has(operatorOf(node)))) return undefined;
    const constants = node.input.filter((name) => name !== tensor && name !== '');
    const values = constants.map((name) => perChannel(model, graph, name, input.channels));
    return values.every((value) => value !== undefined) ? step(line, values) : undefined;
  }
}

/** Undefined if the tensor is not constant, or differs from pixel to pixel. */
function perChannel(model: Model, graph: GraphIndex, name: string, channels: number): readonly number[] | undefined {
  const tensor = model.initializers.get(originOf(graph, name));
  const values = tensor && sizeOf(dimsOf(tensor)) <= channels ? valuesOf(tensor) : undefined;
  if (values?.length === 1) return Array.from({ length: channels }, () => values[0]!);
  return values?.length === channels ? values : undefined;
}

function statisticsOf(model: Model, graph: GraphIndex, node: NodeProto, channels: number): Statistics | undefined {
  const [mean, variance] = node.input.slice(3, 5).map((name) => perChannel(model, graph, name, channels));
  return mean && variance && { mean, variance: variance.map((value) => value + floatAttribute(node, 'epsilon', 1e-5)) };
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
  const every = (from: number, to: number, values: readonly number[]) =>
    values.every((value) => value >= from && value <= to);
  if (every(0, 0, b)) {
    if (every(1 / 1024, 1 / 32, a)) return PIXELS;
    return every(2, 256, a) ? UNIT : undefined;
  }
  if (every(50, 205, zeros) && every(1 / 1024, 1, a)) return PIXELS;
  if (every(0.2, 0.8, zeros) && every(1, 300, a)) return UNIT;
  // (x + 1) / 2 and (x + 1) * 127.5, and these after a mean of 0.4 to 0.5 is subtracted.
  return every(-1, -0.999, zeros) || (every(-0.3, 0, zeros) && every(1.5, 10, a)) ? SYMMETRIC : undefined;
}

function rangeOfStatistics({ mean, variance }: Statistics): InputConventions | undefined {
  if (mean.every((value) => value > 30 && value < 225) && variance.every((value) => value > 100)) return PIXELS;
  return mean.every((value) => value > 0.1 && value < 0.9) && variance.every((value) => value < 0.5) ? UNIT : undefined;
}
