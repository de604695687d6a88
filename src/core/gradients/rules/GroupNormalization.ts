/** y = scale n + bias with n = (x - mean) / sqrt(var + epsilon) over each group of channels; see standardise.ts. */
import { floatAttribute, intAttribute } from '../../onnx/model';
import { reshape } from '../../onnx/ops';
import { sizeOf } from '../../onnx/tensors';
import type { Rule } from '../rule';
import { standardised } from '../standardise';
import { multiply } from './arithmetic';

export const GroupNormalization: Rule = (c) => {
  const [n, channels, ...spatial] = c.x.dims as [number, number, ...number[]];
  const groups = intAttribute(c.node, 'num_groups', 1);
  const grouped = [n, groups, channels / groups, sizeOf(spatial)];
  const scale = c.input(1);
  // There is one scale for each group before 21, and one for each channel since.
  const perGroup = scale.dims[0] === groups ? [groups, 1, 1] : [groups, channels / groups, 1];
  const epsilon = floatAttribute(c.node, 'epsilon', 1e-5);
  const { back } = standardised(c, reshape(c.emit, c.x.name, grouped), [2, 3], epsilon);
  const dn = multiply(c, reshape(c.emit, c.dy, grouped), reshape(c.emit, scale.name, perGroup));
  return [reshape(c.emit, back(dn), c.x.dims)];
};
