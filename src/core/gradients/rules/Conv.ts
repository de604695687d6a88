/** Y = conv(X, W) + B: dX is the adjoint of the convolution, a transposed convolution of dY with the same weights. */
import { intAttribute } from '../../onnx/model';
import type { Rule } from '../rule';
import { slideBack, windowOf } from '../window';

export const Conv: Rule = (c) => {
  const weights = c.input(1);
  const window = windowOf(c, c.x.dims.slice(2), c.y.dims.slice(2), weights.dims.slice(2));
  return [slideBack(c.emit, c.dy, weights.name, window, intAttribute(c.node, 'group', 1))];
};
