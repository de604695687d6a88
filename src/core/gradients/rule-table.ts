/** Every operator a gradient can pass, and the edges where it ends. */
import type { Rule } from './rule';
import { Attention } from './rules/Attention';
import { AveragePool } from './rules/AveragePool';
import { activations } from './rules/activations';
import { arithmetic } from './rules/arithmetic';
import { BatchNormalization } from './rules/BatchNormalization';
import { Clip } from './rules/Clip';
import { Concat } from './rules/Concat';
import { Conv } from './rules/Conv';
import { ConvTranspose } from './rules/ConvTranspose';
import { CumSum } from './rules/CumSum';
import { DepthToSpace, SpaceToDepth } from './rules/DepthToSpace';
import { Einsum } from './rules/Einsum';
import { elementwise } from './rules/elementwise';
import { Gather, GatherElements, TopK } from './rules/Gather';
import { GatherND } from './rules/GatherND';
import { Gemm } from './rules/Gemm';
import { GlobalMaxPool } from './rules/GlobalMaxPool';
import { GroupNormalization } from './rules/GroupNormalization';
import { InstanceNormalization } from './rules/InstanceNormalization';
import { LayerNormalization } from './rules/LayerNormalization';
import { LpNormalization } from './rules/LpNormalization';
import { LRN } from './rules/LRN';
import { layout } from './rules/layout';
import { MatMul } from './rules/MatMul';
import { MaxPool } from './rules/MaxPool';
import { MeanVarianceNormalization } from './rules/MeanVarianceNormalization';
import { Pad } from './rules/Pad';
import { quantisation } from './rules/quantisation';
import { Resize } from './rules/Resize';
import { RMSNormalization } from './rules/RMSNormalization';
import { RotaryEmbedding } from './rules/RotaryEmbedding';
import { reductions } from './rules/reductions';
import { Scatter, ScatterElements, ScatterND } from './rules/Scatter';
import { Slice } from './rules/Slice';
import { LogSoftmax, Softmax } from './rules/Softmax';
import { Split } from './rules/Split';
import { Tile } from './rules/Tile';
import { Trilu } from './rules/Trilu';
import { trigonometry } from './rules/trigonometry';

export const RULES = {
  ...activations,
  ...arithmetic,
  ...elementwise,
  ...layout,
  ...quantisation,
  ...reductions,
  ...trigonometry,
  Attention,
  AveragePool,
  BatchNormalization,
  Clip,
  Concat,
  Conv,
  ConvTranspose,
  CumSum,
  DepthToSpace,
  Einsum,
  Gather,
  GatherElements,
  GatherND,
  Gemm,
  GlobalMaxPool,
  GroupNormalization,
  InstanceNormalization,
  LayerNormalization,
  LRN,
  LogSoftmax,
  LpNormalization,
  MatMul,
  MaxPool,
  MeanVarianceNormalization,
  Pad,
  RMSNormalization,
  Resize,
  RotaryEmbedding,
  Scatter,
  ScatterElements,
  ScatterND,
  Slice,
  Softmax,
  SpaceToDepth,
  Split,
  Tile,
  TopK,
  Trilu,
  Upsample: Resize,
} satisfies Record<string, Rule>;

/** Operators whose derivative can be infinite at finite inputs. */
export const INFINITE_SLOPES: ReadonlySet<string> = new Set([
  'Acos',
  'Acosh',
  'Asin',
  'Atanh',
  'Div',
  'Log',
  'LpNormalization',
  'Pow',
  'Reciprocal',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceProd',
  'Sqrt',
]);

/**
 * Stop edges: indices of inputs whose derivative is zero or not defined. A path ends there, whereas an operator without
 * a rule is an error. Tensors that are not of a floating-point type (shapes, indices, conditions) also end a path and
 * need not be listed.
 */
export const NO_GRADIENT: Readonly<Record<string, 'all' | readonly number[]>> = {
  Bernoulli: 'all',
  Ceil: 'all',
  EyeLike: 'all',
  Floor: 'all',
  Hardmax: 'all',
  RandomNormalLike: 'all',
  RandomUniformLike: 'all',
  Round: 'all',
  Sign: 'all',
  CastLike: [1],
  DequantizeLinear: [1, 2],
  Dropout: [1],
  QuantizeLinear: [1, 2],
  Resize: [1, 2],
  Upsample: [1],
};
