/** What is known about a model's class scores. */
import type { Sourced } from './sourced';

export const ACTIVATIONS = ['softmax', 'sigmoid', 'none'] as const;

export type Activation = (typeof ACTIVATIONS)[number];

export interface ClassScore {
  readonly class: number;
  readonly label: string;
  readonly probability: number;
}

/**
 * How logits are computed from scores. `identity`: the scores are logits. For models that give probabilities, `log`:
 * log p, if they sum to 1; `logit`: log(p / (1 - p)), if they are independent.
 */
export type Link = 'identity' | 'log' | 'logit';

/** How p was computed, as results name it; `probability` means that the model gives p itself. */
export type ShownActivation = Activation | 'probability';

export function shownActivation({ link, activation }: OutputInfo): ShownActivation {
  return link === 'identity' ? activation.value : 'probability';
}

/** Whether the model's answers are probabilities. Scores that are used without an activation may have any value. */
export function areProbabilities({ link, activation }: OutputInfo): boolean {
  return link !== 'identity' || activation.value !== 'none';
}

/** Describes in words what is differentiated. */
export function logitsText({ logits, link }: Pick<OutputInfo, 'logits' | 'link'>): string {
  if (link === 'identity') return logits;
  return link === 'log' ? `log(${logits})` : `log(${logits} / (1 - ${logits}))`;
}

/** A tensor that could hold the class scores. */
export interface ScoresInfo {
  readonly name: string;
  readonly classes: number;
}

/** Values of scores that are made of integers. */
export interface IntegerScores {
  readonly lowest: number;
  readonly highest: number;
  /** Between two integers. */
  readonly step: number;
}

export interface OutputInfo {
  /** The tensor with the class scores, usually an output of the graph. */
  readonly name: string;
  /** The tensor before softmax or sigmoid; `link` is applied to it before differentiation. */
  readonly logits: string;
  readonly link: Link;
  readonly activation: Sourced<Activation>;
  readonly classes: number;
  /** Of `logits`, if they are made of integers. */
  readonly integers?: IntegerScores;
  /** The tensors that could hold the class scores; the one in use is first. */
  readonly candidates: readonly ScoresInfo[];
}
