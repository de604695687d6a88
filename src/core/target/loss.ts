/**
 * The loss of a classifier on labelled images: softmax cross-entropy, or binary cross-entropy of each class with sigmoid,
 * averaged over the classes. Both are computed from logits, so that no score is too large or too small for them.
 */
import type { Emitter } from '../onnx/emit';
import type { Facts } from '../onnx/facts';
import { reduce, reduceSum, reshape } from '../onnx/ops';
import { DataType } from '../onnx/tensors';
import type { ScoresOf } from './class-scores';
import { linked, seedBefore } from './link';
import { formOfScores } from './rows';
import type { Fragment } from './target';

/** The names of the fragment's output and input. */
export const LOSS = {
  /** In nats, [N]. */
  loss: 'group-cam:loss',
  /** t, float32 [N, classes]: one-hot, several ones, or soft. */
  labels: 'group-cam:labels',
} as const;

/** The mean of the loss over the images is differentiated. */
export interface LossFragment extends Fragment {
  /** Of its tensors except the labels: float64 for a model that computes in it, else float32. */
  readonly type: DataType;
}

/**
 * @param facts for the batch N that the gradient is taken of
 * @param count N
 */
export function crossEntropy(
  { logits, link, activation, classes }: ScoresOf,
  facts: Facts,
  count: number,
): LossFragment {
  const { dims, dtype } = facts.get(logits)!;
  const type = dtype === DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
  // A single score of two classes is the second one's, and the first one has its opposite.
  const { isPair, rows } = formOfScores(dims, classes, count);
  const kind = isSoftmax({ link, activation }) && !isPair ? softmaxLoss : sigmoidLoss;
  const scores = (emit: Emitter, values: string) => {
    const own = linked(emit, rows(emit, values), link, type);
    return isPair ? emit.op('Concat', [emit.op('Neg', [own]), own], { axis: { int: 1 } }) : own;
  };
  const labels = (emit: Emitter) =>
    type === DataType.FLOAT ? LOSS.labels : emit.op('Cast', [LOSS.labels], { to: { int: type } });
  return {
    type,
    reads: [logits],
    outputs: { [LOSS.loss]: 1 },
    inputs: [{ name: LOSS.labels, dims: [count, classes] }],
    forward: (emit, [values]) => {
      emit.alias(kind.loss(emit, scores(emit, values!), labels(emit), type), LOSS.loss);
    },
    backward: (emit, [values]) => {
      const slope = kind.slope(emit, scores(emit, values!), labels(emit), type);
      const mean = emit.op('Mul', [slope, emit.scalar(1 / (count * kind.terms(classes)), type)]);
      const signs = () => emit.constant(type, [2, 1], [-1, 1]);
      const seed = reshape(emit, isPair ? emit.op('MatMul', [mean, signs()]) : mean, dims);
      return [seedBefore(emit, values!, link, seed, type)];
    },
  };
}

/** Whether the classes exclude each other. Scores without an activation are taken for logits of such classes. */
export function isSoftmax({ link, activation }: Pick<ScoresOf, 'link' | 'activation'>): boolean {
  return link === 'identity' ? activation !== 'sigmoid' : link === 'log';
}

interface Kind {
  /** @returns the loss of each image, [N] */
  loss(emit: Emitter, scores: string, labels: string, type: DataType): string;
  /** @returns its derivative by the scores, but for a factor */
  slope(emit: Emitter, scores: string, labels: string, type: DataType): string;
  /** The number of terms that the loss is the mean of. */
  terms(classes: number): number;
}

/** l = -sum(t log p), dl/dz = p sum(t) - t */
const softmaxLoss: Kind = {
  loss: (emit, scores, labels) => {
    const logarithms = emit.op('LogSoftmax', [scores], { axis: { int: 1 } });
    return emit.op('Neg', [reduceSum(emit, emit.op('Mul', [labels, logarithms]), [1], false)]);
  },
  slope: (emit, scores, labels) => {
    const p = emit.op('Softmax', [scores], { axis: { int: 1 } });
    return emit.op('Sub', [emit.op('Mul', [p, reduceSum(emit, labels, [1])]), labels]);
  },
  terms: () => 1,
};

/** l = mean(max(z, 0) - z t + log(1 + exp(-|z|))), dl/dz = (sigmoid(z) - t) / classes */
const sigmoidLoss: Kind = {
  loss: (emit, scores, labels, type) => {
    const tail = emit.op('Exp', [emit.op('Neg', [emit.op('Abs', [scores])])]);
    const rest = emit.op('Log', [emit.op('Add', [tail, emit.scalar(1, type)])]);
    const line = emit.op('Sub', [emit.op('Relu', [scores]), emit.op('Mul', [scores, labels])]);
    return reduce(emit, 'ReduceMean', emit.op('Add', [line, rest]), [1], false);
  },
  slope: (emit, scores, labels) => emit.op('Sub', [emit.op('Sigmoid', [scores]), labels]),
  terms: (classes) => classes,
};
