/** Rules for the CPU, several times faster there than those they replace; other devices lack an operator that they use. */
import { expand, reshape } from '../onnx/ops';
import { DataType, sizeOf } from '../onnx/tensors';
import type { Rule, RuleTable } from './rule';
import { RULES } from './table';

/**
 * dx sums dy at the places that MaxPool itself tells: of several maxima it is the first in row-major order. Sums where
 * windows overlap need ScatterElements as it is since 16.
 */
const MaxPool: Rule = (c) => {
  if (c.emit.opset < 16 || ![DataType.FLOAT, DataType.DOUBLE].includes(c.x.dtype)) return RULES.MaxPool(c);
  // Places are told in the order of storage.
  const window = c.node.attribute.filter(({ name }) => name !== 'storage_order');
  const [, places] = c.emit.ops('MaxPool', [c.x.name], 2, window);
  const zeros = expand(c.emit, c.scalar(0), [sizeOf(c.x.dims)]);
  const flat = [places!, c.dy].map((tensor) => reshape(c.emit, tensor, [sizeOf(c.y.dims)]));
  const sum = c.emit.op('ScatterElements', [zeros, ...flat], { axis: { int: 0 }, reduction: { string: 'add' } });
  return [reshape(c.emit, sum, c.x.dims)];
};

export const CPU_RULES = { ...RULES, MaxPool } satisfies RuleTable;
