/** What is written to a run file, and by whom: the interface between the store and the work on it. */
import type { AnnotatedImage } from '../../core/annotations/annotations';
import type { Size } from '../../core/geometry';
import type { Measures } from '../../core/measures/measures';
import type { MethodChoice } from '../../core/methods/choice';
import type { ListedDataset } from '../../files/datasets/listed';
import type {
  AtlasEntry,
  ExportKind,
  ItemId,
  RunInfo,
  Selection,
  StoredMap,
  VersionId,
  VersionInfo,
} from '../../protocol/dataset';
import type { ModelChoice, SweptImage } from '../../protocol/requests';
import type { RunnerRequests } from '../../protocol/runner';
import type { Comparison, TrendPoint } from '../../protocol/versions';
import type { ClusterStore } from './clusters/form';
import type { RepairStore } from './repairs/form';

/** An item with what the work on it needs. */
export interface StoredItem {
  readonly id: ItemId;
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
  readonly mtime: number;
  /** Indices into the dataset's categories. */
  readonly categories: readonly number[];
  readonly annotated?: AnnotatedImage;
  /** SHA-256 of the file's bytes in hexadecimal, once it was read. */
  readonly hash?: string;
}

/** A version as it is made: from the model's inspection. */
export interface NewVersion
  extends Pick<
    VersionInfo,
    'name' | 'model' | 'labels' | 'activation' | 'layer' | 'classes' | 'mapping' | 'assumptions'
  > {
  readonly choice: ModelChoice;
  /** Of the network's input; maps are drawn by it. */
  readonly inputSize?: Size;
  readonly bytes: number;
  /** SHA-256 of the model with its external data, in hexadecimal. */
  readonly hash: string;
}

/** The sweep's answer for an item, or why there is none. */
export type NewRow =
  | { readonly item: ItemId; readonly hash: string; readonly swept: SweptImage; readonly correct?: boolean }
  | {
      readonly item: ItemId;
      readonly hash?: string;
      readonly error: { readonly code: string; readonly message: string };
    };

/** A map that was computed by a method for a class of an item. */
export interface NewMap {
  readonly item: ItemId;
  readonly method: MethodChoice;
  readonly layer: string;
  readonly class: number;
  /** As float32, of which `measures` were taken; the store quantises it. */
  readonly map: Pick<StoredMap, 'height' | 'width' | 'offset' | 'signed'> & { readonly values: Float32Array };
  readonly measures: Measures;
  readonly blank?: string;
}

/** A map of version `b` for the class that version `a` predicts. */
export type OtherMap = Omit<NewMap, 'method'>;

/** A row of `b` of which a map for another class than the predicted one is missing. */
export interface MissingMap {
  readonly item: ItemId;
  /** A class of `b`. */
  readonly class: number;
}

/** How a dataset has changed since it was listed last. */
export interface Listing {
  readonly added: number;
  /** Of another size or modification time; their rows are dropped. */
  readonly changed: number;
  /** Their items stay in the file, are not listed any more, and come back with their rows if the image does. */
  readonly gone: number;
}

/** Items by their numbers, as `WritableStore.enter` has found or made them. */
export interface Entered {
  /** Of each item of the dataset, in its order. */
  readonly ids: Uint32Array;
  /** Whether it is new, and if not, what is other than it was; bits of `store/dataset.ts`. */
  readonly is: Uint8Array;
  /** How many datasets had been listed when this was begun. */
  readonly listings: number;
}

/** What a run file has, as it was listed and made; it is read as it is asked for. */
export interface Listed {
  readonly dataset: ListedDataset;
  readonly version: NewVersion;
  /** Of each item of the dataset, in its order. */
  readonly ids: Uint32Array;
}

export interface WritableStore {
  /**
   * Finds the numbers of items, and gives numbers to new ones, in short transactions between which others are answered. No list
   * has the new ones before `setDataset`, so that nothing is lost or seen if this is cancelled or fails.
   */
  enter(dataset: ListedDataset, signal: { readonly aborted: boolean }): Promise<Entered>;
  /**
   * One transaction. Items keep their ids by path.
   *
   * @param entered of the same dataset, which saves most of the time
   */
  setDataset(dataset: ListedDataset, entered?: Entered): Listing;
  /** A version with the same hash and choice is there already: then its id. */
  addVersion(version: NewVersion): VersionId;
  /**
   * Changes what the categories mean to versions, and the dataset's notes. Rows that were right or wrong by another meaning
   * are dropped.
   */
  setMeanings(meanings: ReadonlyMap<VersionId, NewVersion['classes']>, notes: readonly string[]): void;
  /** Whether objects of images are known. */
  isAnnotated(): boolean;
  versionChoice(version: VersionId): {
    readonly choice: ModelChoice;
    readonly hash: string;
    /** Of the model with its external data. */
    readonly bytes: number;
  };
  item(id: ItemId): StoredItem;
  /** Items without a row, in the order of paths; those of `first` before all others. */
  waiting(version: VersionId, count: number, first?: readonly ItemId[]): readonly StoredItem[];
  /** The row of an item with the same bytes under this version, to be copied; undefined if there is none. */
  twin(version: VersionId, hash: string): ItemId | undefined;
  copyRow(version: VersionId, from: ItemId, to: ItemId): void;
  /** The rows of a shard, in one transaction. Thumbnails go to the second file. */
  commitRows(version: VersionId, rows: readonly NewRow[]): void;
  commitMaps(version: VersionId, maps: readonly NewMap[]): void;
  /** Whether an item has no row yet. */
  waits(version: VersionId, item: ItemId): boolean;
  /**
   * Rows and maps that another machine has computed, in one transaction. Those that are there already stay as they are, so
   * that a shard may come twice.
   *
   * @param maps of one method
   * @returns how many were new
   */
  commitShard(
    version: VersionId,
    rows: readonly NewRow[],
    maps: readonly NewMap[],
  ): { readonly rows: number; readonly maps: number };
}

/** What a run file answers, and keeps, about several versions together. */
export interface Compared {
  compare(a: VersionId, b: VersionId, signal: { readonly aborted: boolean }): Promise<Comparison>;
  trend(signal: { readonly aborted: boolean }): Promise<readonly TrendPoint[]>;
  /** Shifts of items from `a` to `b`, in their order; NaN where they are not known. */
  shifts(a: VersionId, b: VersionId, items: readonly ItemId[]): Float64Array;
  /**
   * Computes the shifts of the rows of which both maps are there, and keeps them.
   *
   * @param pause called between two rows; it rejects to cancel
   * @param progress called with the number of rows that are done, and of all that both versions have
   * @returns the rows that wait for maps of `b`, in the order of paths
   */
  updateShifts(
    a: VersionId,
    b: VersionId,
    pause: () => Promise<void>,
    progress: (done: number, total: number) => void,
  ): Promise<readonly MissingMap[]>;
  /** Keeps maps of `b` for classes that `a` predicts, and the shifts to them; those of `blank` are unknown for good. */
  commitShifts(a: VersionId, b: VersionId, maps: readonly OtherMap[], blank: readonly ItemId[]): void;
  /** Gives a version another name; queries of saved views follow. */
  nameVersion(version: VersionId, name: string): void;
  pinVersion(version: VersionId, pinned: boolean): void;
  /** Removes a version with all that is computed by it. */
  removeVersion(version: VersionId): void;
}

/** Requests that the run file answers alone; the runner passes them on. */
type Answered =
  | 'list'
  | 'rows'
  | 'row'
  | 'pictures'
  | 'histograms'
  | 'classes'
  | 'tag'
  | 'undo'
  | 'tagKey'
  | 'saveView'
  | 'removeView'
  | 'importTags';
type Answer<N extends Answered> = (
  params: Omit<RunnerRequests[N]['params'], 'run'>,
  context: {
    readonly signal: { readonly aborted: boolean };
    emit<E extends keyof RunnerRequests[N]['events']>(event: E, data: RunnerRequests[N]['events'][E]): void;
  },
) => RunnerRequests[N]['result'] | Promise<RunnerRequests[N]['result']>;

/** An open run file: what is written to it, and the answers to the runner's requests. */
export interface RunFile extends WritableStore, Compared, Readonly<{ [N in Answered]: Answer<N> }> {
  info(): RunInfo;
  /** Reads what another process has written since the last request. @returns whether there was something */
  refresh(): boolean;
  readonly clusters: ClusterStore;
  readonly repairs: RepairStore;
  /** Of the items that are listed. */
  paths(): ReadonlySet<string>;
  /** What other machines need to make rows of a version. */
  listed(version: VersionId): Listed;
  /** Items of a selection, in its order; `all` and `wrong` are of the computed rows, in the order of paths. */
  itemsOf(version: VersionId, of: Selection | 'all' | 'wrong'): readonly ItemId[];
  /** Without images. Its first call reads all maps of the version. */
  atlas(version: VersionId, by: 'true' | 'predicted', indices: readonly number[]): Promise<readonly AtlasEntry[]>;
  /**
   * Brings `RowMap.agreement` up to date, once a work has ended: the correlation of a row's map with the mean of all
   * maps of the same method, layer and class. It does nothing if no map has changed since.
   */
  updateAgreement(version: VersionId, signal: { readonly aborted: boolean }): Promise<void>;
  /** At most `count` items of an entry of the atlas that are computed, spread evenly over all of them. */
  atlasItems(version: VersionId, by: 'true' | 'predicted', index: number, count: number): readonly ItemId[];
  /** Keeps thumbnails that were made anew, in the second file. */
  keepThumbnails(thumbnails: readonly (readonly [ItemId, Uint8Array])[]): void;
  /** Which of the items have a map of this choice for the class that is predicted; they are not computed again. */
  haveMap(version: VersionId, method: MethodChoice, items: readonly ItemId[]): ReadonlySet<ItemId>;
  /** Writes rows to a file, whole or not at all. */
  export(
    version: VersionId,
    of: Selection,
    kind: Exclude<ExportKind, 'sheet'>,
    output: string,
    signal: { readonly aborted: boolean },
  ): Promise<{ readonly rows: number }>;
  close(): void;
}

export interface OpenOptions {
  /** Makes the file if it is not there. */
  readonly create?: boolean;
  /** Why nothing may be written to it, in words; `RunInfo.readOnly` says so. */
  readonly readOnly?: string;
  /** Folder of the files with thumbnails; without it none are kept. */
  readonly thumbnails?: string;
}

/** @throws run-file-invalid, run-file-newer, run-file-unwritable */
export type OpenRunFile = (file: string, options: OpenOptions) => Promise<RunFile>;
