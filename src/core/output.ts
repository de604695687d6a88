/** What is known of a model's class scores. */
import type { Sourced } from './sourced';

export const ACTIVATIONS = ['softmax', 'sigmoid', 'none'] as const;

export type Activation = (typeof ACTIVATIONS)[number];

export interface ClassScore {
  readonly class: number;
  readonly label: string;
  readonly probability: number;
}

/**
 * What makes logits of scores: nothing; or, where the model gives probabilities, log p of those that sum to 1, and
 * log(p / (1 - p)) of those that are independent.
 */
export type Link = 'identity' | 'log' | 'logit';

/** What made p, as results name it; `probability`: the model gives it itself. */
export type ShownActivation = Activation | 'probability';

export function shownActivation({ link, activation }: OutputInfo): ShownActivation {
  return link === 'identity' ? activation.value : 'probability';
}

/** Whether the model's answers are probabilities; without an activation its scores may be anything. */
export function areProbabilities({ link, activation }: OutputInfo): boolean {
  return link !== 'identity' || activation.value !== 'none';
}

/** What is differentiated, in words. */
export function logitsText({ logits, link }: Pick<OutputInfo, 'logits' | 'link'>): string {
  if (link === 'identity') return logits;
  return link === 'log' ? `log(${logits})` : `log(${logits} / (1 - ${logits}))`;
}

/** A tensor that may hold the class scores. */
export interface ScoresInfo {
  readonly name: string;
  readonly classes: number;
}

export interface OutputInfo {
  /** The tensor with the class scores, mostly an output. */
  readonly name: string;
  /** The tensor before softmax or sigmoid, of which the `link` is differentiated. */
  readonly logits: string;
  readonly link: Link;
  readonly activation: Sourced<Activation>;
  readonly classes: number;
  /** The tensors that may hold the class scores, the one in use first. */
  readonly candidates: readonly ScoresInfo[];
}
