/** dx sums dy / divisor over the windows that hold an element; the divisor is the number of elements averaged. */
import { intAttribute, intsAttribute } from '../../onnx/model';
import { reshape } from '../../onnx/ops';
import type { Rule, RuleContext } from '../rule';
import { slideBack, type Window, windowOf } from '../window';
import { divide } from './arithmetic';

/** How dy / divisor is summed over windows; undefined where there is no faster way than the general one. */
export type PoolAdjoint = (c: RuleContext, share: string, window: Window) => string | undefined;

export const averagePool =
  (adjoint: PoolAdjoint = () => undefined): Rule =>
  (c) => {
    const kernel = intsAttribute(c.node, 'kernel_shape')!;
    const [n, channels, ...large] = c.x.dims as [number, number, ...number[]];
    const window = windowOf(c, large, c.y.dims.slice(2), kernel);
    const share = divisors(c, window).reduce((dy, divisor) => divide(c, dy, divisor), c.dy);
    const faster = adjoint(c, share, window);
    if (faster !== undefined) return [faster];
    const planes = reshape(c.emit, share, [n * channels, 1, ...window.small]);
    const ones = c.constant([1, 1, ...kernel], Array(kernel.reduce((a, b) => a * b)).fill(1));
    return [reshape(c.emit, slideBack(c.emit, planes, ones, window), c.x.dims)];
  };

export const AveragePool = averagePool();

/**
 * The number of elements averaged is a product of one count per axis. Padding is counted if `count_include_pad` is set,
 * but elements that `ceil_mode` reaches beyond it are never counted.
 */
function divisors(c: RuleContext, window: Window): string[] {
  const { large, small, kernel, strides, dilations, begins, ends } = window;
  const rank = kernel.length;
  const withPadding = intAttribute(c.node, 'count_include_pad', 0) !== 0;
  const padsAfter = intsAttribute(c.node, 'pads')?.slice(rank) ?? ends;
  return kernel.map((k, axis) => {
    const first = withPadding ? -begins[axis]! : 0;
    const limit = large[axis]! + (withPadding ? padsAfter[axis]! : 0);
    const counts = Array.from({ length: small[axis]! }, (_, position) => {
      const start = position * strides[axis]! - begins[axis]!;
      const places = Array.from({ length: k }, (_, i) => start + i * dilations[axis]!);
      return places.filter((place) => place >= first && place < limit).length;
    });
    return c.constant([1, 1, ...small.map((dim, other) => (other === axis ? dim : 1))], counts);
  });
}
