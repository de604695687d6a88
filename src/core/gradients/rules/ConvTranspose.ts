/** Y = convTranspose(X, W) + B: dX = conv(dY, W), with the same weights and geometry. */
import { intAttribute } from '../../onnx/model';
import type { Rule } from '../rule';
import { windowOf } from '../window';

export const ConvTranspose: Rule = (c) => {
  const weights = c.input(1);
  const window = windowOf(c, c.y.dims.slice(2), c.x.dims.slice(2), weights.dims.slice(2));
  const dx = c.emit.op('Conv', [c.dy, weights.name], {
    kernel_shape: { ints: window.kernel },
    strides: { ints: window.strides },
    dilations: { ints: window.dilations },
    pads: { ints: [...window.begins, ...window.ends.map((pad) => Math.max(pad, 0))] },
    group: { int: intAttribute(c.node, 'group', 1) },
  });
  return [dx];
};
