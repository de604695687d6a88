/**
 * Y = convTranspose(X, W) + B: dX = conv(dY, W), with the same weights and geometry. So dW is that of a convolution whose
 * input is dY and whose output has the gradient X.
 */
import { intAttribute } from '../../onnx/model';
import { type KernelGradient, kernelByConvolution } from '../kernel';
import type { Rule, RuleContext } from '../rule';
import { sumPerChannel, type Window, windowOf } from '../window';

/** @param kernel how dW is computed */
export const transposedConvolution =
  (kernel: KernelGradient): Rule =>
  (c) => {
    const window = windowOf(c, c.y.dims.slice(2), c.x.dims.slice(2), c.input(1).dims.slice(2));
    const groups = intAttribute(c.node, 'group', 1);
    const dy = { name: c.dy, dims: c.y.dims };
    return [
      c.wants(0) ? inputGradient(c, window, groups) : undefined,
      c.wants(1) ? kernel(c.emit, dy, c.x, window, groups) : undefined,
      c.wants(2) ? sumPerChannel(c, c.dy) : undefined,
    ].slice(0, c.arity);
  };

export const ConvTranspose = transposedConvolution(kernelByConvolution);

function inputGradient(c: RuleContext, window: Window, groups: number): string {
  return c.emit.op('Conv', [c.dy, c.input(1).name], {
    kernel_shape: { ints: window.kernel },
    strides: { ints: window.strides },
    dilations: { ints: window.dilations },
    pads: { ints: [...window.begins, ...window.ends.map((pad) => Math.max(pad, 0))] },
    group: { int: groups },
  });
}
