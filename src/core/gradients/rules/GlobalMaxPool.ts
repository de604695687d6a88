/** dx = dy at the plane's maximum, the first in row-major order if there are several, else 0. */
import { reshape } from '../../onnx/ops';
import { sizeOf } from '../../onnx/tensors';
import type { Rule } from '../rule';
import { where } from './arithmetic';

export const GlobalMaxPool: Rule = (c) => {
  const [n, channels, ...spatial] = c.x.dims as [number, number, ...number[]];
  const places = Array.from({ length: sizeOf(spatial) }, (_, place) => place);
  const planes = reshape(c.emit, c.x.name, [n, channels, places.length]);
  const maximum = c.emit.op('ArgMax', [planes], { axis: { int: 2 }, keepdims: { int: 1 } });
  const isMaximum = c.emit.op('Equal', [maximum, c.emit.ints(places)]);
  const dx = where(c, isMaximum, reshape(c.emit, c.dy, [n, channels, 1]), c.scalar(0));
  return [reshape(c.emit, dx, c.x.dims)];
};
