/** Ranges of tensors: a graph that finds them, and those that several images need together. */
import type { GraphProto } from 'onnx-buf';
import { untypedInfo } from '../onnx/compose';
import { createEmitter } from '../onnx/emit';
import { reshape } from '../onnx/ops';
import type { Range, Ranges } from './grids';
import type { Plan } from './plan';

/** The output with the least and the greatest value of each tensor of `rangedTensors`, [2 n]. */
export const RANGES = 'group-cam:ranges';

/** The tensors whose ranges a plan needs. */
export function rangedTensors({ grids }: Pick<Plan, 'grids'>): string[] {
  return [...new Set(grids.map(({ tensor }) => tensor))];
}

/** @param graph of the model in real numbers, in which the tensors are */
export function withRanges(graph: GraphProto, opset: number, tensors: readonly string[]): GraphProto {
  const emit = createEmitter('group-cam/ranges', opset);
  const ends = tensors.flatMap((tensor) =>
    ['ReduceMin', 'ReduceMax'].map((type) => reshape(emit, emit.op(type, [tensor], { keepdims: { int: 0 } }), [1])),
  );
  emit.alias(emit.op('Concat', ends, { axis: { int: 0 } }), RANGES);
  return {
    ...graph,
    node: [...graph.node, ...emit.nodes],
    initializer: [...graph.initializer, ...emit.initializers],
    output: [...graph.output, untypedInfo(RANGES)],
  };
}

/** @param values of the output RANGES */
export function rangesIn(tensors: readonly string[], values: Float32Array): Ranges {
  return new Map(tensors.map((tensor, i) => [tensor, [values[2 * i]!, values[2 * i + 1]!] as const]));
}

/** The ranges that hold all values of two images. */
export function united(a: Ranges, b: Ranges): Ranges {
  return new Map(
    [...a].map(([tensor, [low, high]]) => {
      const [from, to] = b.get(tensor)!;
      return [tensor, [Math.min(low, from), Math.max(high, to)]];
    }),
  );
}

/**
 * How far values may go beyond the ends of a grid, as a share of its width, before another one is made. Few values do, and
 * they become the grid's ends.
 */
const SLACK = 0.25;

/** True if grids over the known ranges serve these too. */
export function serve(known: Ranges, ranges: Ranges): boolean {
  return [...ranges].every(([tensor, [low, high]]) => {
    const [from, to] = known.get(tensor)!;
    const slack = SLACK * (to - from);
    return from - slack <= low && high <= to + slack;
  });
}

/** How much wider than what was seen a range is made, since blends and other images go a little further. */
const MARGIN = 0.1;

/** Ranges around the known ones, if there are any, and around new ones with a margin where these are not within. */
export function widened(ranges: Ranges, known: Ranges | undefined): Ranges {
  return new Map(
    [...ranges].map(([tensor, [low, high]]) => {
      const margin = MARGIN * Math.max(high, 0, high - low);
      const around: Range = [Math.min(low - (low < 0 ? margin : 0), 0), Math.max(high + margin, 0)];
      const old = known?.get(tensor);
      if (!old) return [tensor, around];
      return [tensor, [low < old[0] ? around[0] : old[0], high > old[1] ? around[1] : old[1]]];
    }),
  );
}
