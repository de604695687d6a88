/**
 * The scores of a classifier, [N, classes], and the targets that are read from them: one class, or one class rather than
 * others. The contrastive target is Finer-CAM's (arXiv 2501.11309): the class's logit minus `weight` times the mean logit
 * of the others.
 */
import type { Emitter } from '../onnx/emit';
import type { Facts } from '../onnx/facts';
import { reshape } from '../onnx/ops';
import { DataType } from '../onnx/tensors';
import type { Activation, Link } from '../output';
import { linked, seedBefore } from './link';
import { formOfScores } from './rows';
import type { Fragment, Outputs, Target } from './target';

/** The names of the fragment's outputs and of its input. */
export const CLASSES = {
  /** y of every class, before softmax or sigmoid. */
  logits: 'group-cam:logits',
  /** p of every class. */
  probabilities: 'group-cam:probabilities',
  /** s, with the logits' dimensions; s . y is differentiated. */
  seed: 'group-cam:seed',
} as const;

export interface ScoresOf {
  /** The tensor from which `link` makes y. */
  readonly logits: string;
  readonly link: Link;
  readonly activation: Activation;
  readonly classes: number;
}

const OPERATORS = { softmax: 'Softmax', sigmoid: 'Sigmoid' } as const;

/**
 * A single score z of two classes is the second one's; the first one has -z, so that sigmoid gives it 1 - p.
 *
 * @param facts at the batch of the seed
 * @param images the size of that batch
 */
export function classScores({ logits, link, activation, classes }: ScoresOf, facts: Facts, images = 1): Fragment {
  const { dims } = facts.get(logits)!;
  const { isPair, rows } = formOfScores(dims, classes, images);
  return {
    reads: [logits],
    outputs: { [CLASSES.logits]: classes, [CLASSES.probabilities]: classes },
    inputs: [{ name: CLASSES.seed, dims: isPair ? [images, 2] : dims }],
    forward: (emit: Emitter, [values]) => {
      const flat = rows(emit, values!);
      const own = linked(emit, flat, link);
      const scores = isPair ? emit.op('Concat', [emit.op('Neg', [own]), own], { axis: { int: 1 } }) : own;
      emit.alias(scores, CLASSES.logits);
      const attributes = activation === 'softmax' ? { axis: { int: 1 } } : {};
      const given = isPair && link !== 'identity' ? withComplement(emit, flat) : flat;
      const made = activation === 'none' ? given : emit.op(OPERATORS[activation], [isPair ? scores : flat], attributes);
      emit.alias(made, CLASSES.probabilities);
    },
    backward: (emit, [values]) => {
      const signs = () => emit.constant(DataType.FLOAT, [2, 1], [-1, 1]);
      const seed = isPair ? reshape(emit, emit.op('MatMul', [CLASSES.seed, signs()]), dims) : CLASSES.seed;
      return [seedBefore(emit, values!, link, seed)];
    },
  };
}

/** 1 - p and p, [N, 2] */
function withComplement(emit: Emitter, p: string): string {
  return emit.op('Concat', [emit.op('Sub', [emit.scalar(1), p]), p], { axis: { int: 1 } });
}

export interface ClassChoice {
  readonly class: number;
  readonly contrast?: {
    readonly classes: readonly number[];
    /** How much of the others' score is subtracted; 1 is the plain difference. */
    readonly weight: number;
  };
}

/** p of every class, for one item. */
export const probabilitiesOf = (outputs: Outputs): Float32Array => outputs[CLASSES.probabilities]!;

/** s of a target that was made by `classTarget`; undefined for other targets. */
export const seedOf = ({ feeds }: Target): Float32Array | undefined => feeds[CLASSES.seed];

/**
 * The target's value is s . y. Its score is the probability of the class or, with a contrast, the difference of logits.
 * For one other class and weight 1 this is ln(p_c / p_d), which keeps its resolution if the probabilities are near 0 or 1.
 *
 * @param labels of all classes, in the order of their scores
 */
export function classTarget(labels: readonly string[], { class: index, contrast }: ClassChoice): Target {
  const seed = new Float32Array(labels.length);
  seed[index] = 1;
  for (const other of contrast?.classes ?? []) seed[other]! -= contrast!.weight / contrast!.classes.length;
  const value = (outputs: Outputs) => seed.reduce((sum, s, c) => sum + s * outputs[CLASSES.logits]![c]!, 0);
  return {
    feeds: { [CLASSES.seed]: seed },
    value,
    score: contrast ? value : (outputs) => probabilitiesOf(outputs)[index]!,
    startsAtZero: !contrast,
  };
}
