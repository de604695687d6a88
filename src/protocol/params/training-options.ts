/** What a user can set of a training, in one table: the form of the editor and the command line follow from it. */
import { ARMS, type Arm, type TrainingOptions } from '../training';

export type TrainingNumber =
  | 'epochs'
  | 'rate'
  | 'batch'
  | 'momentum'
  | 'weightDecay'
  | 'groups'
  | 'keep'
  | 'heat'
  | 'seed';

interface NumberOption {
  readonly title: string;
  /** Of the command line. */
  readonly flag: string;
  /** What it is, without a full stop. */
  readonly text: string;
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
  /** The arms in which it has an effect. */
  readonly arms: readonly Arm[];
}

const ALL_WEIGHTS = ARMS.filter((arm) => arm !== 'head');
/** Random masks have the area of Group-CAM's. */
const MASKED = ['group-cam', 'group-cam-literal', 'random-mask'] as const;
const ANY = Number.MAX_SAFE_INTEGER;

export const TRAINING_NUMBERS: Readonly<Record<TrainingNumber, NumberOption>> = {
  epochs: {
    ...{ title: 'Epochs', flag: '--epochs <n>', text: 'passes over the images' },
    ...{ least: 1, most: 1000, isWhole: true, arms: ARMS },
  },
  rate: {
    ...{ title: 'Learning rate', flag: '--lr <x>', text: 'learning rate after the warm-up' },
    ...{ least: 1e-9, most: 10, isWhole: false, arms: ALL_WEIGHTS },
  },
  batch: {
    ...{ title: 'Images in a batch', flag: '--batch <n>', text: 'number of images in a training step' },
    ...{ least: 1, most: 4096, isWhole: true, arms: ALL_WEIGHTS },
  },
  momentum: {
    ...{
      title: 'Momentum',
      flag: '--momentum <x>',
      text: 'momentum of stochastic gradient descent: the share of a step that carries over into the next one',
    },
    ...{ least: 0, most: 1, isWhole: false, arms: ALL_WEIGHTS },
  },
  weightDecay: {
    ...{
      title: 'Weight decay',
      flag: '--weight-decay <x>',
      text: 'penalty on large weights; with --arm head, on weights far from their original values',
    },
    ...{ least: 0, most: 10, isWhole: false, arms: ARMS },
  },
  groups: {
    ...{ title: 'Groups of masks', flag: '--groups <n>', text: 'number of groups that Group-CAM makes its masks from' },
    ...{ least: 1, most: 1024, isWhole: true, arms: MASKED },
  },
  keep: {
    ...{ title: 'Kept answers', flag: '--keep <x>' },
    text: "weight of the original model's own answers in the training target, from 0 to 1; images of suspicious clusters are trained on their class alone while regions are pasted",
    ...{ least: 0, most: 1, isWhole: false, arms: ARMS },
  },
  heat: {
    ...{ title: 'Heat penalty', flag: '--heat <x>' },
    text: 'weight of the penalty on heat in the regions of suspicious clusters while the last layer is fitted, if regions are pasted',
    ...{ least: 0, most: 1000, isWhole: false, arms: ARMS },
  },
  seed: {
    ...{
      title: 'Seed',
      flag: '--seed <n>',
      text: 'seed of the random numbers: order of images, augmentation, masks, and which images are pasted into',
    },
    ...{ least: 0, most: ANY, isWhole: true, arms: ARMS },
  },
};

export const NUMBER_NAMES = Object.keys(TRAINING_NUMBERS) as readonly TrainingNumber[];

/** A switch that is on by default where it has an effect, unless regions are pasted. */
export const AUGMENT = {
  title: 'Mirror and shift the images at random',
  on: {
    flag: '--augment',
    text: 'mirror and shift the images at random (default: unless regions are pasted, or for head)',
  },
  off: { flag: '--no-augment', text: 'do not mirror or shift the images' },
  arms: ALL_WEIGHTS,
} as const;

export const isWithin = ({ least, most, isWhole }: NumberOption, value: number): boolean =>
  value >= least && value <= most && (!isWhole || Number.isSafeInteger(value));

/** The values that a number can have, in words. */
export function boundsText({ least, most, isWhole }: NumberOption): string {
  const kind = isWhole ? 'a whole number' : 'a number';
  if (most === ANY) return `${kind} from ${least} on`;
  return least > 0 && least < 1e-6 ? `${kind} above 0, up to ${most}` : `${kind} from ${least} to ${most}`;
}

/** The flags of options that are given and have no effect in this arm. */
export function unusedFlags(
  arm: Arm,
  given: Partial<Pick<TrainingOptions, TrainingNumber | 'augment'>>,
): readonly string[] {
  const numbers = NUMBER_NAMES.filter(
    (name) => given[name] !== undefined && !TRAINING_NUMBERS[name].arms.includes(arm),
  );
  const flags = numbers.map((name) => TRAINING_NUMBERS[name].flag.split(' ')[0]!);
  if (given.augment === undefined || AUGMENT.arms.some((one) => one === arm)) return flags;
  return [...flags, (given.augment ? AUGMENT.on : AUGMENT.off).flag];
}
