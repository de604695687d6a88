/**
 * y = scale n + bias with n = (x - mean) / sqrt(var + epsilon) over the axes from `axis` on:
 * dx = (g - mean(g) - n mean(g n)) / sqrt(var + epsilon) with g = dy scale.
 */
import { floatAttribute, intAttribute } from '../../onnx/model';
import { reduce } from '../../onnx/ops';
import type { Rule } from '../rule';
import { add, divide, multiply, subtract } from './arithmetic';

export const LayerNormalization: Rule = (c) => {
  const rank = c.x.dims.length;
  const given = intAttribute(c.node, 'axis', -1);
  const first = given < 0 ? given + rank : given;
  const axes = Array.from({ length: rank - first }, (_, i) => first + i);
  const mean = (tensor: string) => reduce(c.emit, 'ReduceMean', tensor, axes);

  const centred = subtract(c, c.x.name, mean(c.x.name));
  const variance = mean(multiply(c, centred, centred));
  const epsilon = c.scalar(floatAttribute(c.node, 'epsilon', 1e-5));
  const deviation = c.emit.op('Sqrt', [add(c, variance, epsilon)]);
  const normal = divide(c, centred, deviation);
  const g = multiply(c, c.dy, c.input(1).name);
  const along = multiply(c, normal, mean(multiply(c, g, normal)));
  return [divide(c, subtract(c, subtract(c, g, mean(g)), along), deviation)];
};
