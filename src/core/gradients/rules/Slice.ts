/** dx is dy at the elements that were taken, zeros elsewhere. */
import { intsAttribute } from '../../onnx/model';
import type { Rule, RuleContext } from '../rule';
import { border, reverse, spread } from '../scatter';

export const Slice: Rule = (c) => {
  const taken = c.x.dims.map((size, axis) => ({ size, count: c.y.dims[axis]!, start: 0, step: 1 }));
  const { starts, axes, steps } = parameters(c);
  for (const [i, start] of starts.entries()) {
    const given = axes[i] ?? i;
    const entry = taken.at(given)!;
    entry.step = steps[i] ?? 1;
    const limit = entry.step < 0 ? entry.size - 1 : entry.size;
    const first = Math.min(Math.max(start < 0 ? start + entry.size : start, 0), limit);
    // A negative step takes the elements backwards: the last one taken is the first in the input.
    entry.start = entry.step < 0 ? first + (entry.count - 1) * entry.step : first;
  }
  const backwards = taken.flatMap(({ step }, axis) => (step < 0 ? [axis] : []));
  const steps_ = taken.map(({ step }) => Math.abs(step));
  const forward = reverse(c.emit, c.dy, c.y.dims, backwards);
  const apart = spread(c.emit, forward, c.y.dims, steps_);
  const after = taken.map(({ size, count, start, step }) => size - start - count * Math.abs(step));
  return [
    border(
      c.emit,
      apart,
      taken.map(({ start }) => start),
      after,
    ),
  ];
};

/** Attributes before 10, inputs since. */
function parameters(c: RuleContext) {
  if (c.arity === 1) {
    return { starts: intsAttribute(c.node, 'starts') ?? [], axes: intsAttribute(c.node, 'axes') ?? [], steps: [] };
  }
  const optional = (input: number) => (c.has(input) ? c.values(input) : []);
  return { starts: c.values(1), axes: optional(3), steps: optional(4) };
}
