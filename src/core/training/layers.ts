/** Which inputs of operators are weights that a training changes. */
import type { NodeProto } from 'onnx-buf';
import { operatorOf } from '../onnx/operators';
import { sizeOf } from '../onnx/tensors';

export const TRAINED = 'trained';
export const STATISTICS = 'the statistics of a batch normalisation stay as they are';

const PREPARES = 'it prepares the image';

/** A node that reads weights. */
export interface Reader {
  readonly node: NodeProto;
  /** Whether all inputs are computed from weights alone. */
  readonly isConstant: boolean;
  /** Whether it reads the image, before any layer. */
  readonly readsImage: boolean;
  dims(input: number): readonly number[];
  /** The node that makes an input. */
  maker(input: number): NodeProto | undefined;
  /** The values of an input that is itself an initializer in the model's file. */
  values(input: number): readonly number[] | undefined;
}

/**
 * What an input that is computed from weights alone is to its operator: `TRAINED`, the reason why it is not trained, or
 * undefined if it is a constant of the network's own.
 */
type Layer = (reader: Reader, input: number) => string | undefined;

const at =
  (...inputs: readonly number[]): Layer =>
  (_, input) =>
    inputs.includes(input) ? TRAINED : undefined;

/** Of two operands from weights alone, such as coordinates and a layer on them, the second is the layer's. */
const product: Layer = ({ isConstant }, input) => (input === 0 && isConstant ? undefined : TRAINED);

const PRODUCTS: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Einsum', 'Gemm', 'MatMul']);

const follows = ({ maker, node }: Reader, input: number) =>
  node.input.some((_, other) => {
    const made = other === input ? undefined : maker(other);
    return made !== undefined && PRODUCTS.has(operatorOf(made));
  });

/** A bias or a position embedding. */
const shift: Layer = (reader, input) => {
  const { isConstant, readsImage, dims, values } = reader;
  const isBias = dims(input).length > 0 && follows(reader, input);
  if (isConstant) return isBias ? TRAINED : undefined;
  if (readsImage) return PREPARES;
  if (sizeOf(dims(input)) === 1) return isBias ? TRAINED : undefined;
  return isMask(values(input)) ? 'it is a mask' : TRAINED;
};

/** Zeros, and a number that a softmax turns to zero. */
function isMask(values: readonly number[] | undefined): boolean {
  const distinct = new Set<number>();
  for (const value of values ?? []) if (distinct.add(value).size > 2) return false;
  const [low, high] = [...distinct].sort((a, b) => a - b);
  return distinct.size === 2 && high === 0 && low! <= -50;
}

/** A factor for each channel. Factors that differ along several axes are constants, such as the angles of rotary embeddings. */
const scale: Layer = ({ isConstant, readsImage, dims }, input) => {
  if (isConstant) return undefined;
  if (readsImage) return PREPARES;
  const axes = dims(input).filter((dim) => dim > 1).length;
  if (axes === 0) return undefined;
  return axes === 1 ? TRAINED : 'its factors differ along several axes, as those of rotary embeddings do';
};

const divisor: Layer = ({ isConstant, readsImage, dims }, input) => {
  if (isConstant || sizeOf(dims(input)) === 1) return undefined;
  return readsImage ? PREPARES : 'it is a divisor';
};

export const LAYERS: Readonly<Record<string, Layer>> = {
  Add: shift,
  BatchNormalization: (_, input) => (input > 2 ? STATISTICS : TRAINED),
  /** Class tokens. Zeros in the form of features widen them. */
  Concat: ({ isConstant, readsImage, dims, values }, input) => {
    if (isConstant || readsImage) return undefined;
    return dims(input).length > 3 && values(input)?.every((value) => value === 0) ? undefined : TRAINED;
  },
  Conv: at(1, 2),
  ConvTranspose: at(1, 2),
  Div: divisor,
  Einsum: product,
  /** Embeddings of what the image says. */
  Gather: ({ isConstant }, input) => (input === 0 && !isConstant ? TRAINED : undefined),
  Gemm: (reader, input) => (input === 2 ? TRAINED : product(reader, input)),
  GroupNormalization: at(1, 2),
  /** Groups are normalised by scales of 1 and shifts of 0 after a Reshape. */
  InstanceNormalization: ({ maker, values }, input) => {
    const made = maker(0);
    const inGroups = made !== undefined && operatorOf(made) === 'Reshape';
    return inGroups && values(input)?.every((value) => value === 2 - input) ? undefined : TRAINED;
  },
  LayerNormalization: at(1, 2),
  MatMul: product,
  Mul: scale,
  PRelu: at(1),
  RMSNormalization: at(1),
  Sub: shift,
  Sum: shift,
};
