/**
 * y = x s^-beta with s = bias + alpha / size * (sum of x^2 over `size` neighbouring channels):
 * dx = dy s^-beta - 2 alpha beta / size * x * (sum of dy x s^(-beta - 1) over the same neighbours).
 */
import { floatAttribute, intAttribute } from '../../onnx/model';
import { reshape } from '../../onnx/ops';
import { sizeOf } from '../../onnx/tensors';
import type { Rule, RuleContext } from '../rule';
import { add, multiply, subtract } from './arithmetic';

export const LRN: Rule = (c) => {
  const size = intAttribute(c.node, 'size', 1);
  const alpha = floatAttribute(c.node, 'alpha', 1e-4);
  const beta = floatAttribute(c.node, 'beta', 0.75);
  const bias = floatAttribute(c.node, 'bias', 1);

  const squares = sumOverChannels(c, multiply(c, c.x.name, c.x.name), size);
  const s = add(c, multiply(c, squares, c.scalar(alpha / size)), c.scalar(bias));
  const scaled = multiply(c, c.dy, c.emit.op('Pow', [s, c.scalar(-beta)]));
  const weighed = multiply(c, multiply(c, c.dy, c.x.name), c.emit.op('Pow', [s, c.scalar(-beta - 1)]));
  const neighbours = sumOverChannels(c, weighed, size);
  const factor = c.scalar((2 * alpha * beta) / size);
  return [subtract(c, scaled, multiply(c, factor, multiply(c, c.x.name, neighbours)))];
};

/** Sums each channel with its neighbours, (size - 1) / 2 on either side; the runtime supports odd sizes only. */
function sumOverChannels(c: RuleContext, x: string, size: number): string {
  const aside = (size - 1) / 2;
  const [n, channels, ...spatial] = c.x.dims as [number, number, ...number[]];
  const planes = reshape(c.emit, x, [n, 1, channels, sizeOf(spatial)]);
  const sum = c.emit.op('Conv', [planes, c.constant([1, 1, size, 1], Array(size).fill(1))], {
    kernel_shape: { ints: [size, 1] },
    pads: { ints: [aside, 0, aside, 0] },
  });
  return reshape(c.emit, sum, c.x.dims);
}
