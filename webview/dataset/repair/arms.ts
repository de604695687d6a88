/** What a repair can train, and on what, in words. */
import type { Arm, Balance } from '../../../src/protocol/training';

interface ArmText {
  readonly title: string;
  /** What it does, in sentences. */
  readonly does: string;
  /** How many times the network is run for an image: in each epoch, or once for all of them with `head`. */
  readonly passes: number;
}

/** Runs of the network: a step has one forwards and two as long backwards; a map of Grad-CAM has two, of Group-CAM 17. */
export const ARM_TEXTS: Readonly<Record<Arm, ArmText>> = {
  head: {
    title: 'Head only',
    does: 'The last linear layer is trained anew on features that are computed once; the rest of the network stays. This unlearns a shortcut where the network knows the object as well.',
    passes: 1,
  },
  plain: {
    title: 'Images as they are',
    does: 'Ordinary fine-tuning. Compare the others with it.',
    passes: 3,
  },
  'group-cam': {
    title: 'What Group-CAM keeps',
    does: 'Before each step the network explains the true class by Group-CAM, and what the map leaves out is blurred (the paper, section 5). Where it was measured, it was no better than the images as they are.',
    passes: 20,
  },
  'grad-cam': {
    title: 'What Grad-CAM keeps',
    does: 'The same with maps of Grad-CAM, which are faster.',
    passes: 5,
  },
  'random-mask': {
    title: 'Random parts',
    does: 'A random part of the same area is kept and the rest is blurred: what masks do without an explanation.',
    passes: 3,
  },
  'group-cam-literal': {
    title: 'What Group-CAM keeps, as the authors’ code does',
    does: 'Their code mixes image and blur by another formula than the paper.',
    passes: 20,
  },
};

/** The arms that train all weights, the usual ones first. */
export const ALL_WEIGHTS = ['plain', 'group-cam', 'grad-cam', 'random-mask', 'group-cam-literal'] as const;

export const BALANCE_TEXTS: Readonly<Record<Balance, string>> = {
  group: 'Each class within each group counts equally: groups are tags, or else suspicious clusters, and the rest',
  class: 'Each class counts equally',
  none: 'Each image counts equally',
};

/** As many images could be computed in the time that training takes. */
export const effortOf = (arm: Arm, images: number, epochs: number): number =>
  images * ARM_TEXTS[arm].passes * (arm === 'head' ? 1 : Math.max(epochs, 1));
