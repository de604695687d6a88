/**
 * dx = dy where min < y < max, else 0: the bounds themselves give 0, as autograd has it for ReLU6. Told from y, so that
 * the runtime may still fuse Clip with the convolution before it.
 */
import { attributeOf } from '../../onnx/model';
import type { Rule } from '../rule';
import { where } from './arithmetic';

export const Clip: Rule = (c) => {
  /** The bounds were attributes before 11. */
  const bound = (name: 'min' | 'max', input: number) => {
    if (c.has(input)) return c.input(input).name;
    const value = attributeOf(c.node, name);
    return typeof value === 'number' ? c.scalar(value) : undefined;
  };
  const min = bound('min', 1);
  const max = bound('max', 2);
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
