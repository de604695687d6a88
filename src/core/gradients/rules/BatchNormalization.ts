/**
 * At inference y = scale n + bias with n = (x - mean) / sqrt(var + epsilon) per channel: dx = dy scale / sqrt(var +
 * epsilon), dscale = sum(dy n), dbias = sum(dy). Mean and variance are statistics, which no gradient changes.
 */
import { floatAttribute, intAttribute } from '../../onnx/model';
import { reshape } from '../../onnx/ops';
import type { Rule } from '../rule';
import { sumPerChannel } from '../window';
import { add, divide, multiply, subtract } from './arithmetic';

export const BatchNormalization: Rule = (c) => {
  if (intAttribute(c.node, 'training_mode', 0) !== 0) throw c.failure('it is in training mode');
  const [scale, mean, variance] = [c.input(1), c.input(3), c.input(4)];
  const epsilon = c.emit.scalar(floatAttribute(c.node, 'epsilon', 1e-5), variance.dtype);
  const deviation = c.emit.op('Sqrt', [add(c, variance.name, epsilon)]);
  const perChannel = c.x.dims.map((_, axis) => (axis === 1 ? -1 : 1));
  const along = (tensor: string) => reshape(c.emit, tensor, perChannel.length > 1 ? perChannel : [-1]);
  const dscale = () => {
    const centred = subtract(c, c.x.name, along(mean.name));
    return divide(c, sumPerChannel(c, multiply(c, c.dy, centred)), deviation);
  };
  return [
    c.wants(0) ? multiply(c, c.dy, along(divide(c, scale.name, deviation))) : undefined,
    c.wants(1) ? dscale() : undefined,
    c.wants(2) ? sumPerChannel(c, c.dy) : undefined,
  ];
};
