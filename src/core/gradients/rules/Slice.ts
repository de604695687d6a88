/** dx is dy at the elements that were taken, zeros elsewhere. */
import { intsAttribute } from '../../onnx/model';
import type { Rule, RuleContext } from '../rule';
import { border, reverse, spread } from '../scatter';

export const Slice: Rule = (c) => {
  /**
   * For each axis, the position of the first element taken, in the input's order, and the distance between elements.
   */
  const starts = c.x.dims.map(() => 0);
  const steps = c.x.dims.map(() => 1);
  const backwards: number[] = [];
  const given = parameters(c);
  for (const [i, start] of given.starts.entries()) {
    const axis = (given.axes[i] ?? i) + ((given.axes[i] ?? i) < 0 ? c.x.dims.length : 0);
    const [size, step] = [c.x.dims[axis]!, given.steps[i] ?? 1];
    const first = Math.min(Math.max(start < 0 ? start + size : start, 0), step < 0 ? size - 1 : size);
    starts[axis] = step < 0 ? first + (c.y.dims[axis]! - 1) * step : first;
    steps[axis] = Math.abs(step);
    if (step < 0) backwards.push(axis);
  }
  const inOrder = reverse(c.emit, c.dy, c.y.dims, backwards);
  const apart = spread(c.emit, inOrder, c.y.dims, steps);
  const after = c.x.dims.map((size, axis) => size - starts[axis]! - c.y.dims[axis]! * steps[axis]!);
  return [border(c.emit, apart, starts, after)];
};

/** The parameters, which are attributes before 10 and inputs since. */
function parameters(c: RuleContext) {
  if (c.arity === 1) {
    return { starts: intsAttribute(c.node, 'starts') ?? [], axes: intsAttribute(c.node, 'axes') ?? [], steps: [] };
  }
  const optional = (input: number) => (c.has(input) ? c.values(input) : []);
  return { starts: c.values(1), axes: optional(3), steps: optional(4) };
}
