/**
 * Resizing is linear and separable: y = R_h x R_w^T for an image, so dx = R_h^T dy R_w. The matrix of each axis is
 * computed by applying the operator itself to the identity matrix, so modes, coordinates and rounding are exactly those
 * of the runtime.
 */
import { intsAttribute, stringAttribute } from '../../onnx/model';
import { operatorOf } from '../../onnx/operators';
import { reshape, transpose } from '../../onnx/ops';
import { DataType } from '../../onnx/tensors';
import type { Rule, RuleContext } from '../rule';
import { contract } from '../scatter';

export const Resize: Rule = (c) => {
  if (stringAttribute(c.node, 'coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize')
    throw c.failure('crops (tf_crop_and_resize) are not supported');
  if (stringAttribute(c.node, 'keep_aspect_ratio_policy', 'stretch') !== 'stretch')
    throw c.failure('only the aspect ratio policy stretch is supported');
  const scales = scalesOf(c);
  let dims = c.y.dims;
  let dx = c.dy;
  for (const [axis, size] of c.x.dims.entries()) {
    if (dims[axis] === size && (scales?.[axis] ?? 1) === 1) continue;
    const matrix = matrixOf(c, size, dims[axis]!, scales?.[axis]);
    dx = contract(c.emit, dx, dims, axis, transpose(c.emit, matrix, [1, 0]), size);
    dims = dims.with(axis, size);
  }
  return [dx];
};

/** Before `sizes` came in 11, the inputs were x and scales; since, they are x, roi, scales and sizes. */
const hasScalesOnly = (c: RuleContext) => operatorOf(c.node) === 'Upsample' || c.emit.opset < 11;

/** The scales by axis; undefined if the node gives sizes. */
function scalesOf(c: RuleContext): readonly number[] | undefined {
  const input = hasScalesOnly(c) ? 1 : 2;
  const given = c.has(input) ? c.values(input) : [];
  if (given.length === 0) return undefined;
  const axes = intsAttribute(c.node, 'axes');
  const scales: number[] = c.x.dims.map(() => 1);
  for (const [i, scale] of given.entries()) scales[axes?.[i] ?? i] = scale;
  return scales;
}

/**
 * The matrix [to, from]: the operator applied to the columns of the identity matrix, in float32, which every device
 * supports.
 */
function matrixOf(c: RuleContext, from: number, to: number, scale: number | undefined): string {
  const { emit } = c;
  const square = emit.op('ConstantOfShape', [emit.ints([from, from])]);
  const identity = reshape(emit, emit.op('EyeLike', [square], { dtype: { int: DataType.FLOAT } }), [1, 1, from, from]);
  const attributes = c.node.attribute.filter(({ name }) => name !== 'axes');
  const floats = (...values: number[]) => emit.constant(DataType.FLOAT, [values.length], values);
  const size = scale === undefined ? [floats(), emit.ints([1, 1, to, from])] : [floats(1, 1, scale, 1)];
  const resized = emit.op(operatorOf(c.node), [identity, ...(hasScalesOnly(c) ? [] : [floats()]), ...size], attributes);
  const matrix = reshape(emit, resized, [to, from]);
  return c.y.dtype === DataType.FLOAT ? matrix : emit.op('Cast', [matrix], { to: { int: c.y.dtype } });
}
