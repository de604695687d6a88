/** y = x / s. p = 2, s = sqrt(sum(x^2)): dx = (dy - y sum(dy y)) / s. p = 1, s = sum(|x|): dx = (dy - sign(x) sum(dy y)) / s. */
import { intAttribute } from '../../onnx/model';
import { reduceSum } from '../../onnx/ops';
import type { Rule } from '../rule';
import { divide, multiply, subtract } from './arithmetic';

export const LpNormalization: Rule = (c) => {
  const { emit, x, y, dy } = c;
  const axes = [intAttribute(c.node, 'axis', -1)].map((axis) => (axis < 0 ? axis + x.dims.length : axis));
  const isL1 = intAttribute(c.node, 'p', 2) === 1;
  const sizes = isL1 ? emit.op('Abs', [x.name]) : multiply(c, x.name, x.name);
  const sum = reduceSum(emit, sizes, axes);
  const s = isL1 ? sum : emit.op('Sqrt', [sum]);
  const towards = isL1 ? emit.op('Sign', [x.name]) : y.name;
  const along = multiply(c, towards, reduceSum(emit, multiply(c, dy, y.name), axes));
  return [divide(c, subtract(c, dy, along), s)];
};
