/**
 * dx = dy where min < y < max, else 0. At the bounds themselves dx is 0, as in autograd's ReLU6. The rule uses y rather
 * than x, so that the runtime may still fuse Clip with the convolution before it.
 */
import { attributeOf } from '../../onnx/model';
import type { Rule, RuleContext } from '../rule';
import { where } from './arithmetic';

export const Clip: Rule = (c) => {
  const bounds = boundsOf(c);
  const [min, max] = [bounds.min, bounds.max].map((bound) => (typeof bound === 'number' ? c.scalar(bound) : bound));
  const inside = [
    ...(min ? [c.emit.op('Greater', [c.y.name, min])] : []),
    ...(max ? [c.emit.op('Less', [c.y.name, max])] : []),
  ];
  if (inside.length === 0) return [c.dy];
  return [
    where(
      c,
      inside.reduce((a, b) => c.emit.op('And', [a, b])),
      c.dy,
      c.scalar(0),
    ),
  ];
};

/**
 * The value of each bound, or its tensor if the value is not known before the run. The bounds were attributes before
 * 11.
 */
export function boundsOf(c: RuleContext) {
  const bound = (name: 'min' | 'max', input: number): number | string | undefined => {
    if (c.has(input)) return c.input(input).values?.[0] ?? c.input(input).name;
    const value = attributeOf(c.node, name);
    return typeof value === 'number' ? value : undefined;
  };
  return { min: bound('min', 1), max: bound('max', 2) };
}
