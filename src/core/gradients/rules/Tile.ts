/** y = x repeated along its axes: dx sums dy over the copies. */
import { reduceSum, reshape } from '../../onnx/ops';
import type { Rule } from '../rule';

export const Tile: Rule = (c) => {
  const repeats = c.values(1);
  const copies = c.x.dims.flatMap((dim, axis) => [repeats[axis]!, dim]);
  const axes = c.x.dims.map((_, axis) => 2 * axis);
  return [reduceSum(c.emit, reshape(c.emit, c.dy, copies), axes, false)];
};
