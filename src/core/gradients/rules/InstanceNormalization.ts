/** y = scale n + bias with n = (x - mean) / sqrt(var + epsilon) over each plane; see standardise.ts. */
import { floatAttribute } from '../../onnx/model';
import { reshape } from '../../onnx/ops';
import type { Rule } from '../rule';
import { standardised } from '../standardise';
import { sumPerChannel } from '../window';
import { multiply } from './arithmetic';

export const InstanceNormalization: Rule = (c) => {
  const plane = c.x.dims.flatMap((_, axis) => (axis < 2 ? [] : [axis]));
  const scale = reshape(c.emit, c.input(1).name, [-1, ...plane.map(() => 1)]);
  const { normal, back } = standardised(c, c.x.name, plane, floatAttribute(c.node, 'epsilon', 1e-5));
  return [
    c.wants(0) ? back(multiply(c, c.dy, scale)) : undefined,
    c.wants(1) ? sumPerChannel(c, multiply(c, c.dy, normal)) : undefined,
    c.wants(2) ? sumPerChannel(c, c.dy) : undefined,
  ];
};
