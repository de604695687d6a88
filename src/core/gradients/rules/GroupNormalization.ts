/** y = scale n + bias with n = (x - mean) / sqrt(var + epsilon) over each group of channels; see standardise.ts. */
import { floatAttribute, intAttribute } from '../../onnx/model';
import { reduceSum, reshape } from '../../onnx/ops';
import { sizeOf } from '../../onnx/tensors';
import type { Rule } from '../rule';
import { standardised } from '../standardise';
import { sumPerChannel } from '../window';
import { multiply } from './arithmetic';

export const GroupNormalization: Rule = (c) => {
  const [n, channels, ...spatial] = c.x.dims as [number, number, ...number[]];
  const groups = intAttribute(c.node, 'num_groups', 1);
  const grouped = [n, groups, channels / groups, sizeOf(spatial)];
  const scale = c.input(1);
  // There is one scale for each group before 21, and one for each channel since.
  const perGroup = scale.dims[0] === groups ? [groups, 1, 1] : [groups, channels / groups, 1];
  const epsilon = floatAttribute(c.node, 'epsilon', 1e-5);
  const { normal, back } = standardised(c, reshape(c.emit, c.x.name, grouped), [2, 3], epsilon);
  const dx = () => {
    const dn = multiply(c, reshape(c.emit, c.dy, grouped), reshape(c.emit, scale.name, perGroup));
    return reshape(c.emit, back(dn), c.x.dims);
  };
  /** The sum of a tensor [N, C, ...spatial] in the dimensions of scale and bias. */
  const summed = (tensor: string) => {
    const sums = sumPerChannel(c, tensor);
    if (scale.dims[0] === channels) return sums;
    return reduceSum(c.emit, reshape(c.emit, sums, [groups, channels / groups]), [1], false);
  };
  return [
    c.wants(0) ? dx() : undefined,
    c.wants(1) ? summed(multiply(c, c.dy, reshape(c.emit, normal, c.x.dims))) : undefined,
    c.wants(2) ? summed(c.dy) : undefined,
  ];
};
