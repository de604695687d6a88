/** At inference y = scale (x - mean) / sqrt(var + epsilon) + bias per channel: dx = dy scale / sqrt(var + epsilon). */
import { floatAttribute, intAttribute } from '../../onnx/model';
import { reshape } from '../../onnx/ops';
import type { Rule } from '../rule';
import { add, divide, multiply } from './arithmetic';

export const BatchNormalization: Rule = (c) => {
  if (intAttribute(c.node, 'training_mode', 0) !== 0) throw c.failure('it is in training mode');
  const [scale, variance] = [c.input(1), c.input(4)];
  const epsilon = c.emit.scalar(floatAttribute(c.node, 'epsilon', 1e-5), variance.dtype);
  const slope = divide(c, scale.name, c.emit.op('Sqrt', [add(c, variance.name, epsilon)]));
  const perChannel = c.x.dims.map((_, axis) => (axis === 1 ? -1 : 1));
  return [multiply(c, c.dy, reshape(c.emit, slope, perChannel.length > 1 ? perChannel : [-1]))];
};
