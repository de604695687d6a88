/**
 * What is known of a dataset and its rows, as it crosses process boundaries. A dataset is a list of items in a fixed
 * order; a version is one model as it was; a row is one item under one version. See also `core/query`.
 */
import type { ImageTransform, Size } from '../core/geometry';
import type { Measures } from '../core/measures/measures';
import type { MethodChoice } from '../core/methods/choice';
import type { MethodName } from '../core/methods/names';
import type { ShownActivation } from '../core/output';

/** An item's number in the run file. It stays the same when the dataset is listed again. */
export type ItemId = number;
export type VersionId = number;

/** Indices into `RunInfo.categories`. */
export type CategoryIndex = number;

/**
 * The file that says which classes of a model the categories of a run file's dataset mean, if it is there: the user writes
 * it beside the run file.
 */
export const mappingFileOf = (run: string): string => `${run}.mapping.json`;

export interface RunInfo {
  /** Path of the run file. */
  readonly run: string;
  /** The folder, annotations or list that the items come from. */
  readonly source: string;
  /** The folder that the items' paths are relative to. */
  readonly root: string;
  readonly items: number;
  /** Names of the true classes, as the dataset has them. */
  readonly categories: readonly string[];
  /** Splits such as train, val and test, if the dataset has any. */
  readonly splits: readonly string[];
  /** What had to be assumed, and what was left out, in sentences. */
  readonly notes: readonly string[];
  /** Only so many images are wanted, drawn at random; it holds until another number is asked for. */
  readonly limit?: number;
  readonly versions: readonly VersionInfo[];
  readonly tags: readonly TagInfo[];
  readonly views: readonly SavedView[];
  /** One for each version that has clusters. */
  readonly clusters: readonly ClustersSummary[];
  /** Why nothing can be written to the file, in words. */
  readonly readOnly?: string;
}

export interface VersionInfo {
  readonly id: VersionId;
  /** The stem of the model's file, made unique by @2, @3, or what the user calls it. */
  readonly name: string;
  readonly model: string;
  readonly labels: readonly string[];
  readonly activation: ShownActivation;
  readonly layer: string;
  /** For each category, the classes of the model that it means; none if it means none. */
  readonly classes: readonly (readonly number[])[];
  /** Path of a file that was named to say so, which counts unless there is one beside the run file (`mappingFileOf`). */
  readonly mapping?: string;
  /** What was assumed about the model, in words. */
  readonly assumptions: readonly string[];
  readonly done: number;
  readonly failed: number;
  /** When it was added, in milliseconds since 1970. */
  readonly added: number;
  /** Bytes of the model that are kept for it; absent if no copy is kept. */
  readonly kept?: number;
  /**
   * Path of a file with just this model, for explanations by it: `model` while that is unchanged, else the copy that is
   * kept. Absent if there is neither, and `unavailable` says so.
   */
  readonly file?: string;
  /** Whether its copy is kept whatever space there is. */
  readonly pinned: boolean;
  /** Why the model can't be run now, in words; what is stored stays. */
  readonly unavailable?: string;
}

/** What is known of a version's clusters without reading them: for lists of what is suspicious. */
export interface ClustersSummary {
  readonly version: VersionId;
  readonly sets: number;
  /** Names of suspicious clusters, the most suspicious first. */
  readonly suspicious: readonly string[];
}

export interface TagInfo {
  readonly name: string;
  /** The key that sets it in the grid: a digit or a letter. */
  readonly key?: string;
  readonly count: number;
}

export interface SavedView {
  readonly name: string;
  /** Text of a query. */
  readonly query: string;
}

/** A row as lists show it. What is not known is left out. */
export interface Row {
  readonly item: ItemId;
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly split?: string;
  readonly categories: readonly CategoryIndex[];
  /** Upright, in pixels. */
  readonly size?: Size;
  readonly state: 'waiting' | 'done' | 'failed';
  /** Why the item failed, in words. */
  readonly error?: string;
  /** The most probable classes, in falling order. */
  readonly top?: readonly (readonly [index: number, p: number])[];
  /**
   * -log p of the true class (of the most probable one, if there are several); with independent classes the mean binary
   * cross-entropy.
   */
  readonly loss?: number;
  /** p of the most probable class minus that of the second. */
  readonly margin?: number;
  /** In nats; with independent classes the mean of their entropies. */
  readonly entropy?: number;
  /** Whether the predicted class is one that the categories mean. Absent if they mean none. */
  readonly correct?: boolean;
  /** The map that is shown: the sweep's, or a better one. */
  readonly map?: RowMap;
  readonly tags: readonly string[];
  /** The item whose file has the same bytes and comes first. */
  readonly duplicateOf?: ItemId;
}

export interface RowMap extends Measures {
  readonly method: MethodName;
  readonly layer: string;
  /** The class that the map explains. */
  readonly class: number;
  /** 1 - the distance from the mean map of the class: correlation of the two. */
  readonly agreement?: number;
  /** Why the map is blank, in words. */
  readonly blank?: string;
}

/** A stored map: value = lo + byte / 255 * (hi - lo), row by row, before ReLU and normalisation (see `saliencyOf`). */
export interface StoredMap {
  readonly height: number;
  readonly width: number;
  readonly lo: number;
  readonly hi: number;
  readonly values: Uint8Array;
  readonly offset: number;
  readonly signed: boolean;
}

/** The pictures of a tile. */
export interface TilePicture {
  readonly item: ItemId;
  /** WebP or the file itself, at most about 128 pixels wide and high. Absent if it is not made yet or can't be. */
  readonly thumbnail?: Uint8Array;
  readonly map?: StoredMap;
  /** Where the network's input lies on the image, and its size; known as soon as the image was read. */
  readonly transform?: ImageTransform;
  readonly inputSize?: Size;
}

/** A part of a list, by positions: from each first one up to, and without, the second. */
export type Ranges = readonly (readonly [from: number, to: number])[];

/** Rows of a list that the runner holds. Without ranges: all of it. */
export interface Selection {
  readonly list: number;
  readonly ranges?: Ranges;
}

/** A list is the outcome of a query at one moment; its positions stay while rows change. */
export interface ListInfo {
  readonly list: number;
  readonly count: number;
  /** Absent if the query asks for no shift, or all are computed. */
  readonly lacking?: readonly ShiftsLacking[];
  /** Tags and splits that the query names and no image has, in sentences. */
  readonly hints?: readonly string[];
}

/** Rows whose shift from a version a query asks for, and that could have one but have none yet. */
export interface ShiftsLacking {
  /** The version's name. */
  readonly from: string;
  readonly rows: number;
}

/** Counts of rows in equal bins from `lo` to `hi`. */
export interface Histogram {
  readonly name: string;
  readonly lo: number;
  readonly hi: number;
  readonly counts: Uint32Array;
  /** The same for all rows of the version. */
  readonly all: Uint32Array;
  /** Number of rows of the query that have no such number. */
  readonly unknown: number;
}

export interface ClassesInfo {
  /** Of the rows that have a class and are computed. */
  readonly rows: number;
  /** Of these, those with a class that the model has. */
  readonly judged: number;
  /** Share of the judged rows that are right; none if there are none. */
  readonly accuracy?: number;
  readonly categories: readonly CategoryStatistics[];
  /**
   * Rows: categories, then items without one. Columns: `columns`, classes of the model. Row-major. A row of several
   * categories counts in each.
   */
  readonly confusion: { readonly columns: readonly number[]; readonly counts: Uint32Array };
  readonly calibration: Calibration;
}

export interface CategoryStatistics {
  readonly category: CategoryIndex;
  readonly count: number;
  readonly predicted: number;
  readonly correct: number;
  readonly recall?: number;
  readonly precision?: number;
}

/** Reliability of p of the predicted class (Guo et al. 2017, arXiv 1706.04599): ten equal bins. */
export interface Calibration {
  readonly bins: readonly { readonly count: number; readonly confidence: number; readonly accuracy: number }[];
  /** Expected calibration error, equation 3 there. Absent without rows. */
  readonly ece?: number;
}

/** Mean map and mean image of a class, in the frame of the network's input. */
export interface AtlasEntry {
  readonly by: 'true' | 'predicted';
  /** A category, or a class of the model, as `by` says. */
  readonly index: number;
  readonly count: number;
  /** Absent if no row has a map of the sweep's method and layer. */
  readonly map?: StoredMap;
  /** RGB, side x side, the mean of `pictures` images. */
  readonly image?: { readonly side: number; readonly rgb: Uint8Array; readonly pictures: number };
}

export type WorkKind = 'list' | 'sweep' | 'maps' | 'clusters' | 'shift' | 'repair';
export type WorkState = 'waiting' | 'running' | 'paused' | 'done' | 'failed';

/**
 * Work on a run file: listing its items, sweeping a version, computing maps of some rows, finding clusters or shifts, or
 * fine-tuning a version.
 */
export interface Work {
  readonly id: number;
  readonly kind: WorkKind;
  readonly version?: VersionId;
  /** Of the shift of the heat: the version that it is computed from. */
  readonly from?: VersionId;
  readonly method?: MethodName;
  readonly state: WorkState;
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  /** Images a second, over the last seconds. */
  readonly rate?: number;
  /** Seconds. */
  readonly left?: number;
  /** Why it failed or waits, in words. */
  readonly reason?: string;
  /** Of work that other machines do: how many of them are connected, if the queue tells. */
  readonly workers?: number;
  /** What needs the model was left out, since that can't be run any more. */
  readonly lacksModel?: boolean;
}

export const EXPORTS = ['csv', 'json', 'parquet', 'paths', 'sheet'] as const;
export type ExportKind = (typeof EXPORTS)[number];

/** What the sweep's map is, unless a better one is asked for. */
export const SWEEP_METHOD: MethodName = 'grad-cam';

export type MapChoice = MethodChoice;
