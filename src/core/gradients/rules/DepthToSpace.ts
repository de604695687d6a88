/** Channels arranged as blocks of pixels, and back: each is the other's inverse, so dx = dy arranged back. */
import { intAttribute, stringAttribute } from '../../onnx/model';
import { reshape, transpose } from '../../onnx/ops';
import type { Rule } from '../rule';

export const DepthToSpace: Rule = (c) => {
  const block = intAttribute(c.node, 'blocksize', 1);
  if (stringAttribute(c.node, 'mode', 'DCR') === 'DCR')
    return [c.emit.op('SpaceToDepth', [c.dy], { blocksize: { int: block } })];
  // In the mode CRD, the pixels of a block come from neighbouring channels. SpaceToDepth does not have this mode.
  const [n, , height, width] = c.x.dims as [number, number, number, number];
  const blocks = reshape(c.emit, c.dy, [n, c.y.dims[1]!, height, block, width, block]);
  return [reshape(c.emit, transpose(c.emit, blocks, [0, 1, 3, 5, 2, 4]), c.x.dims)];
};

export const SpaceToDepth: Rule = (c) => {
  const block = intAttribute(c.node, 'blocksize', 1);
  return [c.emit.op('DepthToSpace', [c.dy], { blocksize: { int: block } })];
};
