/**
 * The requests to the runner, the process that owns run files: one table, from which both sides derive their types. The
 * runner answers about several run files, each by its path.
 */
import type { ClusteredBy, ClusterSet, Scatter } from './clusters';
import type {
  AtlasEntry,
  ClassesInfo,
  ExportKind,
  Histogram,
  ItemId,
  ListInfo,
  MapChoice,
  Row,
  RunInfo,
  SavedView,
  Selection,
  TilePicture,
  VersionId,
  Work,
} from './dataset';
import type { DeviceChoice } from './devices';
import type { ModelChoice } from './requests';
import type { Peer, ServiceOf } from './table';
import type { GroupAccuracy, RepairChoice, RepairInfo, WatchedMap } from './training';
import type { Comparison, TrendPoint } from './versions';

/** Raise it with every change of the messages below. */
export const RUNNER_VERSION = 7;
export const RUNNER: Peer = { name: 'runner', version: RUNNER_VERSION };

interface Of {
  /** Path of the run file. */
  readonly run: string;
}
interface Under extends Of {
  readonly version: VersionId;
}
interface Pair {
  readonly a: VersionId;
  readonly b: VersionId;
}
interface OfRepair extends Of {
  readonly repair: number;
}
type None = Record<never, never>;

export interface RunnerRequests {
  /**
   * Makes the run file, or brings it up to date: items are listed again, and a model that it does not have yet becomes a
   * version. What is computed stays. The result comes once the items are listed; nothing is computed yet.
   */
  prepare: {
    params: Of & {
      readonly source: string;
      readonly models: readonly ModelChoice[];
      /** A file that says which classes a category means; by default `mappingFileOf` the run file, if it is there. */
      readonly mapping?: string;
      /** Only so many items, drawn at random; by default as many as the run file has said so far, and the same ones. */
      readonly limit?: number;
    };
    /** `prepared`: the versions of `models`, in their order. */
    result: RunInfo & { readonly prepared: readonly VersionId[] };
    events: { listed: number };
  };
  /** Opens a run file that exists. */
  open: { params: Of; result: RunInfo; events: None };
  close: { params: Of; result: None; events: None };
  /** Never ends by itself: it tells what happens to the run file until it is cancelled. */
  follow: {
    params: Of;
    result: None;
    events: {
      /** All work that is not done, and what was done last; at most four times a second. */
      work: readonly Work[];
      /** Rows have changed, at most twice a second; lists that were made before are as they were. */
      rows: { readonly version: VersionId; readonly done: number; readonly failed: number };
      /** Anything else of `RunInfo` has changed. */
      info: RunInfo;
      /** A training has gone on or has another state, at most four times a second for each. */
      repair: RepairInfo;
      /** The process that held the file has let go of it: opened again, it can be written. */
      free: { readonly isFree: true };
    };
  };

  /** Makes a list. The event `first` has its first rows before the whole order is known. */
  list: {
    params: Under & { readonly query: string; readonly first: number };
    result: ListInfo;
    events: { first: readonly Row[] };
  };
  /** Rows of a list by their positions. */
  rows: { params: Under & { list: number; from: number; count: number }; result: readonly Row[]; events: None };
  /** One row, and its position in the list, if it is there. */
  row: {
    params: Under & { readonly item: ItemId; readonly list?: number };
    result: { readonly row: Row; readonly position?: number };
    events: None;
  };
  pictures: {
    params: Under & { readonly items: readonly ItemId[]; readonly maps: boolean };
    result: readonly TilePicture[];
    events: None;
  };
  histograms: {
    params: Under & { readonly query: string; readonly bins: number };
    result: readonly Histogram[];
    events: None;
  };
  classes: { params: Under; result: ClassesInfo; events: None };
  atlas: {
    params: Under & { readonly by: 'true' | 'predicted'; readonly indices: readonly number[] };
    result: readonly AtlasEntry[];
    events: None;
  };

  /** Starts the sweep of a version, or goes on with it. */
  sweep: { params: Under & { readonly device: DeviceChoice }; result: { readonly work: number }; events: None };
  /**
   * Lets other machines sweep a dataset: its plan is shared in a folder, its shards are put into a queue, and what the workers
   * commit in the folder becomes rows as it comes.
   */
  distribute: {
    params: Of & {
      /**
       * Either a dataset and a model, by which the run file is brought up to date as by `prepare`, and opened if it is not open;
       * or a version of the open run file as it was made, on the images as they were listed.
       */
      readonly what:
        | {
            readonly source: string;
            readonly model: ModelChoice;
            readonly mapping?: string;
            readonly limit?: number;
          }
        | { readonly version: VersionId };
      /** Maps that are computed beside the sweep's. */
      readonly maps?: { readonly method: MapChoice; readonly for: 'all' | 'wrong' };
      /** Images of a shard. */
      readonly size?: number;
      readonly shared: string;
      /** The address of the queue, with its password: it is neither stored nor told. */
      readonly queue: string;
    };
    result: {
      readonly work: number;
      readonly version: VersionId;
      /** The command line that starts a worker, without the queue's address. */
      readonly worker: string;
    };
    events: { listed: number };
  };
  /** Computes maps of the predicted classes by a method, kept beside the sweep's and shown in their place. */
  compute: {
    params: Under & {
      readonly device: DeviceChoice;
      readonly method: MapChoice;
      readonly of: Selection | 'all' | 'wrong';
    };
    result: { readonly work: number };
    events: None;
  };
  /** Starts to find the clusters of the classes, or of all that have enough images, and how suspicious they are. */
  findClusters: {
    params: Under & { readonly device: DeviceChoice; readonly by: ClusteredBy; readonly classes?: readonly number[] };
    result: { readonly work: number };
    events: None;
  };
  /** The clusters that were found, the set with the most suspicious cluster first. */
  clusters: { params: Under & { readonly by: ClusteredBy }; result: readonly ClusterSet[]; events: None };
  scatter: { params: Under & { readonly set: string }; result: Scatter; events: None };

  /** What changed from version `a` to version `b`. */
  compare: { params: Of & Pair; result: Comparison; events: None };
  /** The shifts of items from version `a` to version `b`, in their order; NaN where they are not known. */
  shifts: {
    params: Of & Pair & { readonly items: readonly ItemId[] };
    result: { readonly shifts: Float64Array };
    events: None;
  };
  /** Starts to compute the shift of the heat from version `a` to version `b`. */
  findShift: {
    params: Of & Pair & { readonly device: DeviceChoice };
    result: { readonly work: number };
    events: None;
  };
  trend: { params: Of; result: readonly TrendPoint[]; events: None };
  /**
   * Never ends by itself: while it runs, a model's file that has changed and is whole becomes a version, of which a copy is
   * kept, and is swept.
   */
  watch: {
    params: Of & { readonly device: DeviceChoice };
    result: None;
    events: { readonly added: VersionId; readonly failed: { readonly message: string } };
  };
  /**
   * Finds again which classes the categories mean, as `prepare` does but without listing the images: for this version, and
   * for others that have the same classes and can be run. Rows of categories that mean something else are to be computed again.
   */
  mapClasses: { params: Under; result: RunInfo; events: None };
  nameVersion: { params: Under & { readonly name: string }; result: None; events: None };
  pinVersion: { params: Under & { readonly pinned: boolean }; result: None; events: None };
  /** Removes a version with its rows, maps and the copy of its model. */
  removeVersion: { params: Under; result: None; events: None };
  /**
   * Starts to fine-tune a version. What can't be trained fails before the work begins, in one line. When it is done, the new
   * model is a version, which is swept.
   */
  repair: {
    params: Under & RepairChoice & { readonly device: DeviceChoice };
    result: { readonly work: number; readonly repair: number };
    events: None;
  };
  /** The oldest first. */
  repairs: { params: Of; result: readonly RepairInfo[]; events: None };
  repairMaps: { params: OfRepair; result: readonly WatchedMap[]; events: None };
  /** Goes on with a training that was interrupted, paused, or has failed. */
  goOn: { params: OfRepair & { readonly device: DeviceChoice }; result: { readonly work: number }; events: None };
  /** Ends a training, even an interrupted one, with the best weights so far: they become the new model. */
  finishRepair: { params: OfRepair; result: None; events: None };
  /** Ends a training and forgets it, with what going on needs. A model that it has written stays. */
  removeRepair: { params: OfRepair; result: None; events: None };
  /** Accuracy of two versions by tag, by cluster of version `a`, and of the rest. */
  accuracyByGroup: { params: Of & Pair; result: readonly GroupAccuracy[]; events: None };
  pause: { params: Of & { readonly work: number }; result: None; events: None };
  resume: { params: Of & { readonly work: number }; result: None; events: None };
  /** Ends work; what is done is kept. */
  cancel: { params: Of & { readonly work: number }; result: None; events: None };
  /** Rows that are on screen, which are computed before all others. */
  show: { params: Under & { readonly items: readonly ItemId[] }; result: None; events: None };

  /** Sets a tag on rows, or takes it off. The result says how many have changed. */
  tag: {
    params: Under & { readonly of: Selection; readonly tag: string; readonly on: boolean };
    result: { readonly changed: number };
    events: None;
  };
  /** Takes the last change of tags back; the result says what was taken back, and is empty if there was nothing. */
  undo: { params: Of; result: { readonly undone: string }; events: None };
  /** Gives a tag a key, or takes it off. */
  tagKey: { params: Of & { readonly tag: string; readonly key?: string }; result: None; events: None };
  saveView: { params: Of & { readonly view: SavedView }; result: None; events: None };
  removeView: { params: Of & { readonly name: string }; result: None; events: None };
  /** Writes rows to a file, whole or not at all. */
  export: {
    params: Under & { readonly of: Selection; readonly kind: ExportKind; readonly output: string };
    result: { readonly rows: number };
    events: None;
  };
  /** Sets tags from a CSV with the columns image and tags, as an export has them. */
  importTags: { params: Of & { readonly file: string }; result: { readonly rows: number }; events: None };
}

export type RunnerService = ServiceOf<RunnerRequests>;
