/**
 * The scores of a classifier, [N, classes], and the targets that are read from them: one class, or one class rather than
 * others. The contrastive target is Finer-CAM's (arXiv 2501.11309): the class's logit minus `weight` times the mean logit
 * of the others.
 */
import type { Emitter } from '../onnx/emit';
import type { Facts } from '../onnx/facts';
import type { Activation, Link } from '../output';
import { linked, seedBefore } from './link';
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

export function classScores({ logits, link, activation, classes }: ScoresOf, facts: Facts): Fragment {
  return {
    reads: [logits],
    outputs: { [CLASSES.logits]: classes, [CLASSES.probabilities]: classes },
    inputs: [{ name: CLASSES.seed, dims: facts.get(logits)!.dims }],
    forward: (emit: Emitter, [values]) => {
      const flat = emit.op('Flatten', [values!], { axis: { int: 1 } });
      emit.alias(linked(emit, flat, link), CLASSES.logits);
      const attributes = activation === 'softmax' ? { axis: { int: 1 } } : {};
      const made = activation === 'none' ? flat : emit.op(OPERATORS[activation], [flat], attributes);
      emit.alias(made, CLASSES.probabilities);
    },
    backward: (emit, [values]) => [seedBefore(emit, values!, link, CLASSES.seed)],
  };
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
  const others = contrast?.classes.map((other) => labels[other]!) ?? [];
  return {
    name: [labels[index]!, ...(others.length > 0 ? [others.join(', ')] : [])].join(' rather than '),
    feeds: { [CLASSES.seed]: seed },
    value,
    score: contrast ? value : (outputs) => probabilitiesOf(outputs)[index]!,
    startsAtZero: !contrast,
  };
}
