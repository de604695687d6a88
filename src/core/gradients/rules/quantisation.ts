/**
 * Straight-through (arXiv 1308.3432): rounding is treated as if its derivative were 1 instead of 0, and only values
 * that are clipped at the ends of the integers' range get no gradient. For q = clip(round(x / scale) + zero), the
 * gradient dq is with respect to the integers q, so that a pair of the two operators passes dy on unchanged.
 */
import { intAttribute } from '../../onnx/model';
import { reshape } from '../../onnx/ops';
import { INTEGER_RANGES } from '../../onnx/quantisation';
import { type DataType, dtypeName, realType, sizeOf } from '../../onnx/tensors';
import type { Rule, RuleContext } from '../rule';
import { add, divide, multiply, where } from './arithmetic';

/** A scale or a zero point, either one for all or one for each position of an axis. */
function perAxis(c: RuleContext, input: number): string {
  const { name, dims } = c.input(input);
  const rank = c.x.dims.length;
  if (sizeOf(dims) === 1)
    return reshape(
      c.emit,
      name,
      c.x.dims.map(() => 1),
    );
  if (dims.length !== 1) throw c.failure('it has scales for blocks');
  const axis = intAttribute(c.node, 'axis', 1);
  return reshape(
    c.emit,
    name,
    c.x.dims.map((_, i) => (i === (axis + rank) % rank ? -1 : 1)),
  );
}

const cast = (c: RuleContext, tensor: string, to: DataType) => c.emit.op('Cast', [tensor], { to: { int: to } });

export const quantisation = {
  /** dx = dq / scale where round(x / scale) + zero is within the range */
  QuantizeLinear: (c) => {
    const range = INTEGER_RANGES[c.y.dtype];
    if (!range) throw c.failure(`it makes ${dtypeName(c.y.dtype)}`);
    const real = realType(c.x.dtype);
    const scale = perAxis(c, 1);
    const steps = divide(c, c.x.name, scale);
    const place = c.has(2) ? add(c, steps, cast(c, perAxis(c, 2), real)) : steps;
    const bound = (value: number) => c.emit.scalar(value, real);
    const below = c.emit.op('Less', [place, bound(range[0] - 0.5)]);
    const inside = c.emit.op('And', [c.emit.op('Not', [below]), c.emit.op('Less', [place, bound(range[1] + 0.5)])]);
    return [where(c, inside, divide(c, cast(c, c.dy, real), scale), bound(0))];
  },

  /** The scale is that of the values of x, which clips none; it counts as a constant: dx = dq / scale */
  DynamicQuantizeLinear: (c) => [divide(c, cast(c, c.dy, realType(c.x.dtype)), c.output(1).name)],

  /** x = (q - zero) scale: dq = dx scale */
  DequantizeLinear: (c) => [cast(c, multiply(c, c.dy, perAxis(c, 1)), realType(c.x.dtype))],
} satisfies Record<string, Rule>;
