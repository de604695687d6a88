/** constant: dx is dy without the border. reflect, edge, wrap: dy of a border element is added to the element it copies. */
import { intsAttribute, stringAttribute } from '../../onnx/model';
import type { Rule, RuleContext } from '../rule';
import { border, contract } from '../scatter';

export const Pad: Rule = (c) => {
  const rank = c.x.dims.length;
  const pads = padsOf(c);
  const [before, after] = [pads.slice(0, rank), pads.slice(rank)];
  const mode = stringAttribute(c.node, 'mode', 'constant');
  if (mode === 'constant')
    return [
      border(
        c.emit,
        c.dy,
        before.map((n) => -n),
        after.map((n) => -n),
      ),
    ];
  const source = SOURCES[mode];
  if (!source) throw c.failure(`mode ${mode} is unknown`);
  let dims = c.y.dims;
  let dx = c.dy;
  for (const [axis, size] of c.x.dims.entries()) {
    if (before[axis] === 0 && after[axis] === 0) continue;
    const copied = Array.from({ length: dims[axis]! }, (_, i) => source(i - before[axis]!, size));
    const matrix = Array.from({ length: size * copied.length }, (_, i) =>
      Number(copied[i % copied.length] === Math.floor(i / copied.length)),
    );
    dx = contract(c.emit, dx, dims, axis, c.constant([size, copied.length], matrix), size);
    dims = dims.with(axis, size);
  }
  return [dx];
};

/** The index of the element at `place` on an axis of `size` elements that is continued beyond its ends, by mode. */
const SOURCES: Readonly<Record<string, (place: number, size: number) => number>> = {
  edge: (place, size) => Math.min(Math.max(place, 0), size - 1),
  wrap: (place, size) => modulo(place, size),
  reflect: (place, size) => {
    if (size === 1) return 0;
    const period = 2 * (size - 1);
    const inside = modulo(place, period);
    return inside < size ? inside : period - inside;
  },
};

const modulo = (value: number, divisor: number) => ((value % divisor) + divisor) % divisor;

/**
 * The pads of all axes: all begins, then all ends. They are an input since 11, and since 18 may be given for some axes
 * only.
 */
function padsOf(c: RuleContext): readonly number[] {
  const pads = c.has(1) ? c.values(1) : (intsAttribute(c.node, 'pads') ?? []);
  if (!c.has(3)) return pads;
  const rank = c.x.dims.length;
  const axes = c.values(3);
  const all: number[] = Array(2 * rank).fill(0);
  for (const [i, given] of axes.entries()) {
    const axis = given < 0 ? given + rank : given;
    all[axis] = pads[i]!;
    all[axis + rank] = pads[i + axes.length]!;
  }
  return all;
}
