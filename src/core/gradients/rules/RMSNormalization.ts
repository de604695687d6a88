/** y = scale n with n = x / r, r = sqrt(mean(x^2) + epsilon): dx = (g - n mean(g n)) / r with g = dy scale. */
import { floatAttribute } from '../../onnx/model';
import { reduce } from '../../onnx/ops';
import { broadcast, type Rule } from '../rule';
import { add, divide, multiply, subtract } from './arithmetic';
import { lastAxes } from './LayerNormalization';

export const RMSNormalization: Rule = (c) => {
  const axes = lastAxes(c);
  const mean = (tensor: string) => reduce(c.emit, 'ReduceMean', tensor, axes);
  const epsilon = c.scalar(floatAttribute(c.node, 'epsilon', 1e-5));
  const r = c.emit.op('Sqrt', [add(c, mean(multiply(c, c.x.name, c.x.name)), epsilon)]);
  const normal = divide(c, c.x.name, r);
  const g = multiply(c, c.dy, c.input(1).name);
  const along = multiply(c, normal, mean(multiply(c, g, normal)));
  return [divide(c, subtract(c, g, along), r), broadcast(c, multiply(c, c.dy, normal))];
};
