/**
 * Fine-tuning a model on images of a dataset: what is asked for, and what is told of it (the paper, section 5). The engine
 * trains, the runner knows which rows are meant and keeps what was told, and pages show it.
 */
import type { Cells } from '../core/clusters/cells';
import type { ItemId, StoredMap, VersionId } from './dataset';

/**
 * What an epoch's images are. `plain`: as they are. The others keep what a mask M covers and blur the rest (equation 5,
 * x M + blur(x) (1 - M)): M of Group-CAM's or Grad-CAM's map of the network as it is at that step, or a random mask of the
 * same area. `group-cam-literal` mixes as the authors' code does. `head` trains the last linear layer alone, on features
 * that are computed once.
 */
export const ARMS = ['plain', 'random-mask', 'grad-cam', 'group-cam', 'group-cam-literal', 'head'] as const;
export type Arm = (typeof ARMS)[number];

/**
 * Which images count equally: those of each class, or of each class within each group. `head` weighs them, the other arms draw
 * as many from one as from another. Epochs are compared by held-out figures that are weighed alike; a
 * group of which no image is held out is judged by its training images.
 */
export const BALANCES = ['none', 'class', 'group'] as const;
export type Balance = (typeof BALANCES)[number];

export interface TrainingOptions {
  readonly arm: Arm;
  readonly epochs: number;
  /** Rate after warm-up. It falls by steps towards the end. */
  readonly rate: number;
  readonly batch: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Groups of the masks of `group-cam`; 16 in the paper. */
  readonly groups: number;
  readonly balance: Balance;
  /** Whether images are mirrored and shifted at random. */
  readonly augment: boolean;
  /**
   * How far the network shall stay as it was: the part of what is right for an image that is the answer of the network before
   * training, which for an image with a pasted region is the one without it. The rest is the image's class. Of `suspect`
   * images the class alone is right.
   */
  readonly keep: number;
  /**
   * How much heat in a region counts that should not decide, while the last layer is fitted alone: of images that are trained on as they
   * are and with the region blurred. Half of it times the share, in squares, that the heat there has of all heat before the
   * training is added to the loss.
   */
  readonly heat: number;
  /** Whether the last linear layer is fitted alone, as by `head`, before all weights are trained. */
  readonly headFirst: boolean;
  /** Seed of order, augmentation, random masks and what is pasted. */
  readonly seed: number;
}

/**
 * What a training of an arm is asked unless the user says otherwise.
 *
 * @param pasted whether regions of suspicious clusters are pasted in; docs/finetune.md has the measurements behind it
 */
export function trainingDefaults(arm: Arm, pasted = false): TrainingOptions {
  const isHead = arm === 'head';
  return {
    arm,
    epochs: isHead ? 5 : 3,
    // A repair begins near its end, with the last layer fitted.
    rate: isHead ? 0.1 : pasted ? 3e-4 : 1e-3,
    batch: isHead ? 128 : 32,
    momentum: 0.9,
    // The head's is of features with deviation 1, and of how far the weights are from where they were.
    weightDecay: isHead ? 0.003 : 1e-4,
    groups: 16,
    // A balanced choice of groups repairs a shortcut in the last layer (Kirichenko et al., arXiv 2204.02937). With
    // counter-examples it is not needed, and costs accuracy.
    balance: pasted ? 'class' : isHead ? 'group' : 'none',
    augment: !isHead && !pasted,
    keep: pasted ? 0.8 : 0,
    heat: pasted ? 3 : 0,
    headFirst: pasted && !isHead,
    seed: 0,
  };
}

/** Most images whose maps are told after each epoch. */
export const WATCHED = 12;

/** A region of another image, or of the image's blurred copy, which replaces the same cells of the network's input. */
export interface Pasted {
  /** Path of the image that the region is of; undefined for the blurred copy. */
  readonly from?: string;
  readonly cells: Cells;
}

export interface TrainingImage {
  readonly id: ItemId;
  readonly path: string;
  /** Classes of the model that are right for it: one with softmax, any number with sigmoid. */
  readonly truth: readonly number[];
  /** For `balance: 'group'`, such as the number of its cluster. */
  readonly group?: number;
  /** Before augmentation; the classes stay those of the image. */
  readonly pasted?: Pasted;
  /** Whether the network's answer may come from a shortcut, so that it is not kept. */
  readonly suspect?: boolean;
}

/** Where a model comes from, kept in the metadata of its file. */
export interface Provenance {
  readonly dataset: string;
  readonly train: string;
  readonly heldOut: string;
}

/** Loss is the mean over images, in nats; accuracy is top 1, or exact match with sigmoid. */
export interface Figures {
  readonly loss: number;
  readonly accuracy: number;
}

export interface TrainingStep {
  /** From 1. */
  readonly epoch: number;
  /** Steps since the start, from 1, of `steps` in all. */
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  /** 0 where there is none, as with `head`. */
  readonly rate: number;
  /** What the user ought to know at this step, such as a loss that rises, in a sentence. */
  readonly note?: string;
}

/** Epoch 0 is the network before training. */
export interface TrainingEpoch {
  readonly epoch: number;
  readonly step: number;
  /** Mean loss of the epoch's steps; of epoch 0 the loss of the first batch. */
  readonly loss: number;
  /** Of the epoch's batches, as they were seen. */
  readonly train: { readonly accuracy: number };
  readonly heldOut: Figures;
  /** Of the epoch alone, without what lay between a kill and going on. */
  readonly seconds: number;
  /** What the user ought to know, such as a loss that rises, in sentences. */
  readonly notes: readonly string[];
}

/**
 * What images go through the network for: features of the head, held-out figures, maps of watched ones, what the network says
 * before it is trained, and a step that takes long.
 */
export type TrainingPart = 'answers' | 'features' | 'held-out' | 'maps' | 'step';

/** How far a training is between the ends of its steps, in images. */
export interface TrainingProgress {
  readonly epoch: number;
  readonly part: TrainingPart;
  readonly done: number;
  readonly total: number;
}

/** A watched image's map of its true class by the network after an epoch. */
export interface WatchedMap {
  readonly epoch: number;
  readonly item: ItemId;
  readonly map: StoredMap;
  /** The most probable class and its probability. */
  readonly top: readonly [index: number, p: number];
}

/** What the engine tells while it trains. */
export interface TrainingEvents {
  step: TrainingStep;
  epoch: TrainingEpoch;
  map: WatchedMap;
  progress: TrainingProgress;
  /** What is known before the first step, in a sentence. */
  note: { readonly text: string };
}

/** What the engine's request `train` asks. */
export interface Training {
  readonly train: readonly TrainingImage[];
  readonly heldOut: readonly TrainingImage[];
  readonly watched: readonly TrainingImage[];
  readonly options: TrainingOptions;
  readonly provenance: Provenance;
  /** The new model; never a file that exists, unless it is an unfinished one of the same training. */
  readonly output: string;
  /**
   * A folder for what going on needs: weights, momentum, best weights, figures. Training that finds it goes on with it if it
   * is of the same model, images and options, and fails otherwise. It is removed once `output` is written.
   */
  readonly checkpoint: string;
  /** Ends at once, and writes the best weights so far. */
  readonly finish?: boolean;
}

export interface Trained {
  readonly output: string;
  readonly epochs: readonly TrainingEpoch[];
  /** The epoch after the first step with the best held-out figures, whose weights were written. */
  readonly best: number;
  /** Initializers that were changed. */
  readonly changed: readonly string[];
  /** What was assumed or left as it is, in sentences, such as normalisation statistics that stay fixed. */
  readonly notes: readonly string[];
}

export type RepairState = 'waiting' | 'running' | 'paused' | 'interrupted' | 'done' | 'failed';

/** What a user asks for on a run file. */
export interface RepairChoice {
  /** Queries. With an empty `heldOut`, a fifth of the training images is held out, equal files on one side. */
  readonly train: string;
  readonly heldOut: string;
  readonly options: TrainingOptions;
  /**
   * Whether images of other classes are added with the hot region of a suspicious cluster pasted in, as many as the cluster has
   * members to train on, and at most a quarter of the training images in all; and as many members with the region blurred.
   */
  readonly pasted: boolean;
  /** Images whose maps are shown each epoch; at most `WATCHED`. With none the runner chooses some. */
  readonly watched: readonly ItemId[];
  readonly output: string;
}

/** A training as the run file keeps it. */
export interface RepairInfo extends RepairChoice {
  readonly repair: number;
  /** The version that was trained from. */
  readonly version: VersionId;
  readonly state: RepairState;
  /** Its number among the works, while there is work. */
  readonly work?: number;
  /** Why it failed or waits, in words. */
  readonly reason?: string;
  readonly images: { readonly train: number; readonly heldOut: number };
  readonly epochs: readonly TrainingEpoch[];
  /** The last step, while it runs. */
  readonly step?: TrainingStep;
  /** While it runs and is between steps; `left` in seconds. */
  readonly progress?: TrainingProgress & { readonly left?: number };
  /** Losses of the last epoch's steps. */
  readonly losses: readonly number[];
  readonly best?: number;
  /** The version that the new model became. */
  readonly added?: VersionId;
  readonly notes: readonly string[];
}

export const canPause = ({ state, work }: RepairInfo): boolean => state === 'running' && work !== undefined;
export const canGoOn = ({ state }: RepairInfo): boolean =>
  state === 'paused' || state === 'interrupted' || state === 'failed';
/** Whether there are weights that may be better than those before. */
export const canStop = ({ state, epochs }: RepairInfo): boolean =>
  state !== 'done' && epochs.some(({ epoch }) => epoch > 0);

/** Accuracy of two versions on the rows of a group: a tag, a cluster, or what has none. */
export interface GroupAccuracy {
  readonly group: string;
  /** A query that finds its rows. */
  readonly query: string;
  /** Rows that the accuracies are of: those with a class that both versions have computed, or `a` alone if `b` has none yet. */
  readonly count: number;
  /** Rows that do not count, since `b` was trained on them. */
  readonly trained?: number;
  readonly a?: number;
  readonly b?: number;
  /** Of a suspicious cluster. */
  readonly heat?: HeatOnRegion;
}

/** The share of the heat on the region of a cluster, 0 to 1: the mean over `count` images. */
export interface HeatOnRegion {
  readonly count: number;
  readonly a: number;
  readonly b: number;
}
