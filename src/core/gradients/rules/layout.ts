/** Operators that only rearrange the elements of their input. The gradient is rearranged back. */
import { intsAttribute } from '../../onnx/model';
import { reshape, transpose } from '../../onnx/ops';
import { realType } from '../../onnx/tensors';
import type { Rule } from '../rule';

/** dx = dy in the input's dimensions */
const reshaped: Rule = (c) => [reshape(c.emit, c.dy, c.x.dims)];

/** dx = dy */
const passed: Rule = (c) => [c.dy];

export const layout = {
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Identity: passed,

  /** At inference, or with a ratio of 0, dropout passes its input on: dx = dy */
  Dropout: (c) => {
    const drops = !c.has(1) || c.values(1)[0] !== 0;
    if (drops && c.has(2) && c.values(2)[0] !== 0) throw c.failure('it is in training mode');
    return [c.dy];
  },

  /** dx = dy in the type of the input's gradients */
  Cast: (c) => [c.emit.op('Cast', [c.dy], { to: { int: realType(c.x.dtype) } })],

  /** As Cast, to the type of the second input */
  CastLike: (c) => [c.emit.op('Cast', [c.dy], { to: { int: realType(c.x.dtype) } })],

  /** dx = dy with the axes permuted back; without `perm` the axes are reversed */
  Transpose: (c) => {
    const perm = intsAttribute(c.node, 'perm') ?? c.x.dims.map((_, axis) => c.x.dims.length - 1 - axis);
    return [
      transpose(
        c.emit,
        c.dy,
        c.x.dims.map((_, axis) => perm.indexOf(axis)),
      ),
    ];
  },
} satisfies Record<string, Rule>;
