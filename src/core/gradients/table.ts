/** Every operator a gradient can pass, and the edges where it ends. */
import type { Rule } from './rule';
import { AveragePool } from './rules/AveragePool';
import { arithmetic } from './rules/arithmetic';
import { BatchNormalization } from './rules/BatchNormalization';
import { Clip } from './rules/Clip';
import { Concat } from './rules/Concat';
import { Conv } from './rules/Conv';
import { ConvTranspose } from './rules/ConvTranspose';
import { elementwise } from './rules/elementwise';
import { Gather, GatherElements } from './rules/Gather';
import { Gemm } from './rules/Gemm';
import { GlobalMaxPool } from './rules/GlobalMaxPool';
import { LayerNormalization } from './rules/LayerNormalization';
import { LRN } from './rules/LRN';
import { layout } from './rules/layout';
import { MatMul } from './rules/MatMul';
import { MaxPool } from './rules/MaxPool';
import { Pad } from './rules/Pad';
import { Resize } from './rules/Resize';
import { reductions } from './rules/reductions';
import { Slice } from './rules/Slice';
import { LogSoftmax, Softmax } from './rules/Softmax';
import { Split } from './rules/Split';

export const RULES = {
  ...arithmetic,
  ...elementwise,
  ...layout,
  ...reductions,
  AveragePool,
  BatchNormalization,
  Clip,
  Concat,
  Conv,
  ConvTranspose,
  Gather,
  GatherElements,
  Gemm,
  GlobalMaxPool,
  LayerNormalization,
  LRN,
  LogSoftmax,
  MatMul,
  MaxPool,
  Pad,
  Resize,
  Slice,
  Softmax,
  Split,
  Upsample: Resize,
} satisfies Record<string, Rule>;

/**
 * Stop edges: inputs, by index, that a derivative is zero for or not defined for. They end a path, unlike an operator
 * without a rule, which is an error there. Tensors that are not of a floating-point type (shapes, indices, conditions)
 * end a path by themselves and are not listed.
 */
export const NO_GRADIENT: Readonly<Record<string, 'all' | readonly number[]>> = {
  Ceil: 'all',
  Floor: 'all',
  Round: 'all',
  Sign: 'all',
  Dropout: [1],
  Resize: [1, 2],
  Upsample: [1],
};
